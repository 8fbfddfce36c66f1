using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Workers.Api.Http;

/// <summary>A JSON body that is written into a kept buffer and then sent whole.</summary>
internal sealed class JsonAnswer : IDisposable
{
    public const string MediaType = "application/json";

    private const int Kept = 64 * 1024;

    [ThreadStatic]
    private static JsonAnswer? t_idle;

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    private JsonAnswer() => Writer = new Utf8JsonWriter(_buffer, JsonWriting.Options);

    public Utf8JsonWriter Writer { get; }

    public static JsonAnswer Rent()
    {
        var answer = t_idle ?? new JsonAnswer();
        t_idle = null;
        return answer;
    }

    /// <summary>What was written so far.</summary>
    public ReadOnlySpan<byte> Written()
    {
        Writer.Flush();
        return _buffer.WrittenSpan;
    }

    /// <summary>Hands the body to the response; the server sends it when the request's delegate returns.</summary>
    public Task SendAsync(HttpContext http, int status, string mediaType = MediaType) => SendAsync(http, status, Written(), mediaType);

    /// <summary>The same with bytes that are there already.</summary>
    public static Task SendAsync(HttpContext http, int status, ReadOnlySpan<byte> body, string mediaType = MediaType)
    {
        var response = http.Response;
        response.StatusCode = status;
        if (status is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified)
        {
            return Task.CompletedTask;
        }

        response.ContentType = mediaType;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            response.BodyWriter.Write(body);
        }

        return Task.CompletedTask;
    }

    public void Dispose()
    {
        if (_buffer.Capacity <= Kept)
        {
            _buffer.ResetWrittenCount();
            Writer.Reset(_buffer);
            t_idle = this;
        }
        else
        {
            Writer.Dispose();
        }
    }
}

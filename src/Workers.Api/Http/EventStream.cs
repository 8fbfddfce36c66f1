using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Workers.Api.Http;

/// <summary>Server-sent events.</summary>
internal sealed class EventStream
{
    private readonly HttpResponse _response;

    private EventStream(HttpResponse response) => _response = response;

    public static EventStream Start(HttpContext http)
    {
        http.Response.ContentType = MediaTypes.EventStream;
        http.Response.Headers.CacheControl = "no-store";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        return new EventStream(http.Response);
    }

    public void Write(string id, string name, Action<Utf8JsonWriter> data)
    {
        using var json = JsonAnswer.Rent();
        data(json.Writer);
        var output = _response.BodyWriter;
        Encoding.UTF8.GetBytes($"id: {id}\nevent: {name}\ndata: ", output);
        output.Write(json.Written());
        output.Write("\n\n"u8);
    }

    /// <param name="alive">Writes a comment, by which a connection that is gone is noticed.</param>
    /// <param name="cancellation">The request's end.</param>
    public async ValueTask FlushAsync(bool alive, CancellationToken cancellation)
    {
        if (alive)
        {
            _response.BodyWriter.Write(": \n\n"u8);
        }

        await _response.BodyWriter.FlushAsync(cancellation);
    }
}

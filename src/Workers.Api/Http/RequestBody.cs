using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Workers.Api.Http;

/// <summary>A request's whole body, as it lies in the server's buffers where it lies in one. Valid until disposed.</summary>
internal readonly struct RequestBody : IDisposable
{
    private readonly PipeReader? _reader;
    private readonly SequencePosition _end;

    private RequestBody(PipeReader reader, in ReadOnlySequence<byte> buffer)
    {
        (_reader, _end) = (reader, buffer.End);
        Memory = buffer.IsSingleSegment ? buffer.First : buffer.ToArray();
    }

    public ReadOnlyMemory<byte> Memory { get; }

    /// <exception cref="ProblemException">Longer than <paramref name="limit"/> (413), or not said to be JSON (415).</exception>
    public static ValueTask<RequestBody> ReadAsync(HttpRequest request, long limit)
    {
        if (request.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        return request.ContentLength == 0 || (request.ContentLength is null && request.Headers.TransferEncoding.Count == 0 && HttpProtocol.IsHttp11(request.Protocol))
            ? default
            : ReadAllAsync(request, limit);
    }

    public void Dispose() => _reader?.AdvanceTo(_end);

    private static async ValueTask<RequestBody> ReadAllAsync(HttpRequest request, long limit)
    {
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync();
            if (read.Buffer.Length > limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw TooLarge(limit);
            }

            if (read.IsCompleted)
            {
                if (!read.Buffer.IsEmpty && !MediaTypes.IsJson(request.ContentType))
                {
                    // The server cannot go on with a connection whose last read was not given back.
                    reader.AdvanceTo(read.Buffer.End);
                    throw new ProblemException(new Problem(
                        StatusCodes.Status415UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "The body must be application/json in UTF-8"));
                }

                return new RequestBody(reader, read.Buffer);
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static ProblemException TooLarge(long limit) => new(Problem.TooLarge(limit));
}

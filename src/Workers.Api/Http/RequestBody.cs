using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Workers.Engine.Options;

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

    public static Problem TooLate => new(StatusCodes.Status408RequestTimeout, "REQUEST_TIMEOUT", "The body did not arrive in time") { Retryable = true };

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
        CancellationTokenSource? deadline = null;
        try
        {
            while (true)
            {
                // Most bodies are there already: time counts from the first piece that is not.
                if (!reader.TryRead(out var read))
                {
                    deadline ??= new(request.HttpContext.RequestServices.GetRequiredService<ApiOptions>().ReadTimeout);
                    read = await reader.ReadAsync(deadline.Token);
                }

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
        catch (OperationCanceledException) when (deadline is { IsCancellationRequested: true })
        {
            throw new ProblemException(TooLate);
        }
        finally
        {
            deadline?.Dispose();
        }
    }

    private static ProblemException TooLarge(long limit) => new(Problem.TooLarge(limit));
}

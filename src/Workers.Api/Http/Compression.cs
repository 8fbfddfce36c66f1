using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Workers.Api.Http;

/// <summary>
/// Answers from 1 KiB are sent in brotli or gzip to callers who take it; streams of events never are. Safe behind TLS too: callers are told by a
/// key that no browser sends by itself, so a page cannot make one guess at what is in an answer.
/// </summary>
internal sealed class Compression(IServiceProvider services, IOptions<ResponseCompressionOptions> options) : ResponseCompressionProvider(services, options)
{
    private const int Least = 1024;

    public static IServiceCollection AddTo(IServiceCollection services) => services
        .AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = [JsonAnswer.MediaType, Problem.MediaType, "application/yaml", MediaTypes.JsonLines, MediaTypes.Csv, "text/html", "text/css", "text/javascript", "text/plain"];
        })
        .Configure<BrotliCompressionProviderOptions>(brotli => brotli.Level = CompressionLevel.Fastest)
        .Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = CompressionLevel.Fastest)
        .AddSingleton<IResponseCompressionProvider, Compression>();

    public override bool ShouldCompressResponse(HttpContext context) =>
        context.Response.ContentLength is null or >= Least && base.ShouldCompressResponse(context);
}

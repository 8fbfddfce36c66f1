using Workers.Host.CommandLine;

return await Verbs.Run(args, async settings =>
{
    var builder = WebApplication.CreateBuilder();
    builder.WebHost.UseUrls(settings.Urls);
    settings.AddTo(builder.Services);
    await using var app = builder.Build();
    await app.RunAsync();
    return 0;
});

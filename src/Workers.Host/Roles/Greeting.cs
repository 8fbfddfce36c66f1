using Workers.Engine.Control;
using Workers.Host.Configuration;

namespace Workers.Host.Roles;

/// <summary>What a person sees at the start: what is running, where, and what to try.</summary>
internal static class Greeting
{
    public static void Say(WebApplication app, Settings settings)
    {
        var url = app.Urls.FirstOrDefault() ?? settings.Urls;
        Console.Out.WriteLine($"""
            Workers {typeof(Greeting).Assembly.GetName().Version?.ToString(3)}: {string.Join(", ", settings.Options.Roles)} ({Shape.Name(settings.Options)})
              serving  {string.Join(", ", app.Urls)}
              data     {Path.GetFullPath(settings.Options.Data)}
              callers  {Callers(app, settings.Options)}

            Try:
              curl -s {url}/health
            """);
        if (RoleList.Has(settings.Options.Roles, "api"))
        {
            Console.Out.WriteLine($"""
                  curl -s {url}/api/v1/products -H 'Content-Type: application/json' -d '{Product}'
                  curl -s {url}/api/v1/orders -H 'Content-Type: application/json' -d '{Order}'
                """);
        }

        Console.Out.WriteLine();
    }

    private static string Callers(WebApplication app, WorkersOptions options) =>
        options.Api.Anonymous.Count > 0 ? $"without a key, from everywhere: {string.Join(", ", options.Api.Anonymous)} (Workers:Api:Anonymous; for development only)"
        : options.Api.Jwt.IsOn || app.Services.GetRequiredService<ControlFeed>().Current.HasHad(ControlKinds.Key) ? "with an API key" + (options.Api.Jwt.IsOn ? $" or a token of {options.Api.Jwt.Issuer}" : "")
        : "on this machine alone, without a key (Workers.Host keys create makes the first, and then one is required)";

    private const string Product = """{"product_id":"laptop","name":"Laptop","sku":"LAPTOP-001","price":999.99,"stock":10}""";

    private const string Order = """{"customer_id":"ada","items":[{"product_id":"laptop","sku":"LAPTOP-001","quantity":1,"unit_price":999.99}],"shipping_address":{"street":"123 Tech Street","city":"San Francisco","state":"CA","zip":"94102","country":"US"},"payment":{"method":"card"}}""";
}

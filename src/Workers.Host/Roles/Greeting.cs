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

            Try:
              curl -s {url}/health
              curl -s {url}/api/v1/products -H 'Content-Type: application/json' -d '{Product}'
              curl -s {url}/api/v1/orders -H 'Content-Type: application/json' -d '{Order}'

            """);
    }

    private const string Product = """{"product_id":"laptop","name":"Laptop","sku":"LAPTOP-001","price":999.99,"stock":10}""";

    private const string Order = """{"customer_id":"ada","items":[{"product_id":"laptop","sku":"LAPTOP-001","quantity":1,"unit_price":999.99}],"shipping_address":{"street":"123 Tech Street","city":"San Francisco","state":"CA","zip":"94102","country":"US"},"payment":{"method":"card"}}""";
}

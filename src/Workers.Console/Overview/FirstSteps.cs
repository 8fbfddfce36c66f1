using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.Overview;

/// <summary>What an installation shows in which nothing has happened yet: lines that work as they stand.</summary>
internal static class FirstSteps
{
    private const string Product = """{"product_id":"laptop","name":"Laptop","sku":"LAPTOP-001","price":999.99,"stock":10}""";

    private const string Order = """{"customer_id":"ada","items":[{"product_id":"laptop","sku":"LAPTOP-001","quantity":1,"unit_price":999.99}],"shipping_address":{"street":"123 Tech Street","city":"San Francisco","state":"CA","zip":"94102","country":"US"},"payment":{"method":"card"}}""";

    public static Html Of(Visit visit)
    {
        var url = $"{visit.Http.Request.Scheme}://{visit.Http.Request.Host}{visit.Http.Request.PathBase}/api/v1";
        var key = visit.Me["credential"].Text == "none" ? "" : " -H \"Authorization: Bearer $WORKERS_KEY\"";
        return Html.Of($"""
            <section aria-labelledby="first-title" class="card"><h2 id="first-title">Nothing has happened here yet. Three lines to begin with</h2>
            <p>Have a product, order it, and see what became of it; this page shows each as it happens.</p>
            {Parts.Block($"curl -s {url}/products{key} -H 'Content-Type: application/json' -d '{Product}'", "Make a product")}
            {Parts.Block($"curl -s {url}/orders{key} -H 'Content-Type: application/json' -d '{Order}'", "Order it")}
            {Parts.Block($"curl -s '{url}/commands?limit=5'{key}", "See what became of it")}
            {Html.If(key.Length > 0, () => Html.Of($"<p>They take your key from the variable <code>WORKERS_KEY</code>.</p>"))}
            </section>
            """);
    }
}

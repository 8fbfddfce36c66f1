using Workers.Pages.Markup;

namespace Workers.Pages.Commands;

/// <summary>What a command is about, as people look for it: its key, and the order that it was sent for where that is another.</summary>
internal static class About
{
    public static Html Of(Json command)
    {
        var (key, order) = (command["key"].Text, OrderOf(command));
        return order.Length == 0 || order == key ? Parts.Code(key) : Html.Of($"{Parts.Code(key)} <small>for {Parts.Code(order)}</small>");
    }

    /// <summary>The order that its data names; empty where it names none.</summary>
    public static string OrderOf(Json command) => command["data"]["order_id"].Text;
}

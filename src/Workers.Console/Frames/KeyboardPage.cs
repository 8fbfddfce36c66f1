using Workers.Pages.Markup;

namespace Workers.Pages.Frames;

/// <summary>What keys do.</summary>
internal static class KeyboardPage
{
    private static readonly (string Keys, string What)[] s_keys =
    [
        ("/", "Find: any id, or commands by their name"), ("j k", "Next and previous row"), ("Enter", "Open the row's page"), ("x", "Select the row, where rows are selected"),
        ("p", "Pause and resume live updates"), ("?", "This page"),
        .. Layout.Tabs.Select(tab => ($"g {tab.Key}", tab.Name)), ("g y", "Your permissions"),
    ];

    public static Task<Page> ShowAsync(Visit visit) => Task.FromResult(new Page("Keyboard", "keyboard", Html.Of($"""
        <p>Everything is reached with Tab, Enter and Space too.</p>
        {Parts.Table("Keys", ["Keys", "What they do"], [.. s_keys.Select(key => Html.Of($"<tr><td>{Html.Each(key.Keys.Split(' '), one => Html.Of($"<kbd>{one}</kbd> "))}</td><td>{key.What}</td></tr>"))], Html.None)}
        """)));
}

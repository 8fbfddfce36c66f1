using Workers.Pages.Markup;
using Workers.Pages.Sessions;

namespace Workers.Pages.Frames;

/// <summary>What a visit comes to: a page, or the way to another.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Tab">The part of the console that it belongs to; its path.</param>
internal sealed record Page(string Title, string Tab, Html Body)
{
    public int Status { get; init; } = 200;

    /// <summary>Said above its heading.</summary>
    public Notice? Notice { get; init; }

    /// <summary>Beside the heading: what can be done with all of it.</summary>
    public Html Actions { get; init; }

    /// <summary>Where it goes on, below the console's root; null for nowhere.</summary>
    public string? MoveTo { get; init; }

    /// <summary>It is renewed while somebody looks.</summary>
    public bool IsLive { get; init; }

    /// <summary>Goes on at another page and says something there.</summary>
    public static Page Go(string path, string said, bool isError = false) => new("", "", Html.None) { MoveTo = path, Notice = new(said, isError) };
}

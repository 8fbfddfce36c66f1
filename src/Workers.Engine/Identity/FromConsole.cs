namespace Workers.Engine.Identity;

/// <summary>Marks a request that the console makes of the program's own API while it serves a page: the page has the access line.</summary>
public sealed class FromConsole;

namespace Workers.Api.Sockets;

/// <summary>Who a connection is.</summary>
/// <param name="UserId">Hears of that user's events, and of those that concern nobody in particular; null: of all.</param>
/// <param name="ClientId">A second connection of the same user and client takes the place of the first; null: none does.</param>
internal sealed record SocketAddress(string? UserId, string? ClientId);

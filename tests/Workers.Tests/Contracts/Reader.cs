using System.Text;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Reading;

namespace Workers.Tests.Contracts;

/// <summary>Doors as they read, and what came of it in the form that tests look at.</summary>
internal static class Reader
{
    public const string Made = "made";

    private static readonly CommandReader Instance = new();

    /// <summary>The general doors: execute, queue, Kafka.</summary>
    public static ReadRequest Any { get; } = new() { MakeKey = (_, _) => Made };

    /// <summary>A resource route.</summary>
    public static ReadRequest Resource<T>(string? key = null)
        where T : class, ICommand => Any with { Command = CommandCatalog.Of<T>(), IsResource = true, Key = key };

    public static CommandReading Read(string body, ReadRequest? request = null) => Instance.Read(Encoding.UTF8.GetBytes(body), request ?? Any);

    public static CommandReading Read(byte[] body, ReadRequest? request = null) => Instance.Read(body, request ?? Any);

    public static T Accepted<T>(string body, ReadRequest? request = null)
        where T : class, ICommand
    {
        var reading = Read(body, request);
        reading.Failure?.Message.ShouldBeNull();
        reading.Info.ShouldBe(CommandCatalog.Of<T>());
        return reading.Command.ShouldBeOfType<T>();
    }

    public static ReadFailure Refused(string body, ReadRequest? request = null)
    {
        var reading = Read(body, request);
        reading.Command.ShouldBeNull();
        return reading.Failure.ShouldNotBeNull();
    }
}

using MassTransit;

namespace Workers.Engine.Dispatch.Contexts;

/// <summary>One address for all that is published: the topic follows from the message's type, not from its address.</summary>
internal sealed class PublishName : IEntityNameFormatter
{
    public const string Value = "publish";

    public string FormatEntityName<T>() => Value;
}

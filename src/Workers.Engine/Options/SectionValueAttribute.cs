namespace Workers.Engine.Options;

/// <summary>The property is the section's own value: of <c>Workers:Log=sqlite</c>, where other keys stand below <c>Workers:Log:</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SectionValueAttribute : Attribute;

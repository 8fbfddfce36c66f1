namespace Workers.Engine.Options;

/// <summary>The value is masked wherever the configuration is shown.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;

namespace Workers.Contracts.Commands;

/// <summary>A rule of one member. Absent values pass all rules but <see cref="RequiredAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public abstract class RuleAttribute(string? sentence) : Attribute
{
    /// <summary>The exact sentence of the documents; null for one that names the member.</summary>
    public string? Sentence { get; } = sentence;

    /// <summary>The forms in which the rule holds.</summary>
    public Forms In { get; set; } = Forms.All;

    internal virtual bool ComesFirst => false;

    internal virtual bool AllowsText(string? value, RuleSettings settings) => true;

    internal virtual bool AllowsNumber(decimal? value) => true;

    internal virtual bool AllowsPart(object? value) => true;

    internal abstract string Default(string path, RuleSettings settings);

    internal string Message(string path, RuleSettings settings) => Sentence ?? Default(path, settings);
}

/// <summary>The member must be there; a text must not be blank.</summary>
public sealed class RequiredAttribute(string? sentence = null) : RuleAttribute(sentence)
{
    internal override bool ComesFirst => true;

    internal override bool AllowsText(string? value, RuleSettings settings) => !string.IsNullOrWhiteSpace(value);

    internal override bool AllowsNumber(decimal? value) => value is not null;

    internal override bool AllowsPart(object? value) => value is not null;

    internal override string Default(string path, RuleSettings settings) => $"{path} is required";
}

/// <summary>If given, a text must not be blank.</summary>
public sealed class NotBlankAttribute() : RuleAttribute(null)
{
    internal override bool ComesFirst => true;

    internal override bool AllowsText(string? value, RuleSettings settings) => value is null || !string.IsNullOrWhiteSpace(value);

    internal override string Default(string path, RuleSettings settings) => $"{path} is required";
}

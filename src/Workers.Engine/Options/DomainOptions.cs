using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Domain</c>: rules that differ between installations.</summary>
public sealed class DomainOptions
{
    /// <summary>Currencies that every door takes, upper case. Default USD, EUR, GBP, INR.</summary>
    [MinLength(1)]
    public IReadOnlyList<string> Currencies { get; set; } = ["USD", "EUR", "GBP", "INR"];

    public UserRules Users { get; set; } = new();

    public sealed class UserRules
    {
        /// <summary>An e-mail address belongs to one user at most, whatever its case. Default false.</summary>
        public bool UniqueEmail { get; set; }
    }
}

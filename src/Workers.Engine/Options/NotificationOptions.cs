using System.ComponentModel.DataAnnotations;

namespace Workers.Engine.Options;

/// <summary><c>Workers:Notifications</c>: who delivers notifications.</summary>
public sealed class NotificationOptions
{
    /// <summary><c>log</c> writes them to the log, <c>webhook</c> posts them to <see cref="Url"/>. Default <c>log</c>.</summary>
    [AllowedValues("log", "webhook")]
    public string Kind { get; set; } = "log";

    /// <summary>Where the webhook is. Default empty.</summary>
    public string Url { get; set; } = "";

    /// <summary>Signs webhooks as Standard Webhooks say (<c>whsec_…</c>); empty: not signed. Default empty.</summary>
    [Secret]
    public string Secret { get; set; } = "";

    /// <summary>A second secret to sign with while receivers change to the new one; empty: none. Default empty.</summary>
    [Secret]
    public string PreviousSecret { get; set; } = "";

    /// <summary>The webhook may be on this machine or in a private network. Default false.</summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>How long a call may take. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}

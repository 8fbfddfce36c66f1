using System.ComponentModel.DataAnnotations;
using Workers.Engine.Options;

namespace Workers.Host.Configuration;

/// <summary><c>Workers:MySql</c>: used where <c>Workers:Store</c> is <c>mysql</c>.</summary>
internal sealed class MySqlSection
{
    /// <summary><c>Server=…;Port=3306;User ID=…;Password=…;Database=workers</c>. Naming it chooses MySQL unless <c>Workers:Store</c> says otherwise.</summary>
    [Secret]
    public string ConnectionString { get; set; } = "";

    /// <summary>Connections for reading that are kept open. Default 4.</summary>
    [Range(1, 100)]
    public int ReaderConnections { get; set; } = 4;

    /// <summary>Connections for reading at once; who finds all in use waits a moment. Default 100.</summary>
    [Range(20, 10_000)]
    public int MaxConnections { get; set; } = 100;

    /// <summary>A connection for reading that is older is opened anew. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a statement may take until the server counts as away. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);
}

/// <summary><c>Workers:MongoDb</c>: used where <c>Workers:Audit</c> is <c>mongodb</c>.</summary>
internal sealed class MongoDbSection
{
    /// <summary><c>mongodb://host:27017</c>. Naming it chooses MongoDB unless <c>Workers:Audit</c> says otherwise.</summary>
    [Secret]
    public string ConnectionString { get; set; } = "";

    /// <summary>Default <c>workers</c>.</summary>
    [Required]
    public string Database { get; set; } = "workers";

    /// <summary>Reads at a time. Default 8.</summary>
    [Range(1, 100)]
    public int Readers { get; set; } = 8;
}

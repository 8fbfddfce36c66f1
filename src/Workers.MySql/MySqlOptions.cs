using System.Text;

namespace Workers.MySql;

/// <summary>Which database the store is in, and how it is used.</summary>
public sealed record MySqlOptions
{
    /// <summary>
    /// Of MySqlConnector: <c>Server=…;Port=…;Database=…;User ID=…;Password=…</c>. The database is made where it is missing and the account may. Never written to
    /// a log or an answer.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>Connections for reading that are kept open while nobody reads; more are opened when more read at once.</summary>
    public int ReaderConnections { get; init; } = 4;

    /// <summary>Connections for reading at once; who finds all in use waits for 3 seconds.</summary>
    public int MaxConnections { get; init; } = 100;

    /// <summary>A connection for reading that is older is opened anew.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long outcomes and callers' keys are kept from the command's end; longer than the log's retention, since a record that is read again must find its outcome.</summary>
    public TimeSpan OutcomeRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How often outcomes and callers' keys are trimmed; of all processes on the database one does it at a time.</summary>
    public TimeSpan TrimEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a statement may take until the server counts as away. Whole seconds, at least 1.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// A local directory that outlives the process, where it is noted what each partition executes. Null: in memory, and after an unclean end records
    /// run singly, each start noted in the database first.
    /// </summary>
    public string? MarksDirectory { get; init; }

    /// <summary>Rows up to which a flush goes as a text; 0: never. For tests of the other way.</summary>
    internal int TextRows { get; init; } = 100;

    // A record would print the password.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append("ConnectionString = ***");
        return true;
    }
}

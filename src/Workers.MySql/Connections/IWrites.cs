namespace Workers.MySql.Connections;

/// <summary>Where a flush is written: to statements that run at once (<see cref="Session"/>), or to a text that runs as a whole (<see cref="Script"/>).</summary>
internal interface IWrites
{
    /// <summary>Writes rows. False where another number of rows was changed than <paramref name="expects"/> (null: any).</summary>
    /// <param name="head">Up to VALUES.</param>
    /// <param name="tail">After the rows.</param>
    /// <param name="size">About how many bytes a row has.</param>
    /// <param name="written">Told of each statement's first value of AUTO_INCREMENT.</param>
    bool Insert<T>(
        string head, int columns, string tail, IReadOnlyList<T> rows, int? expects, Func<T, int> size, Action<IValues, T> bind, Action<long>? written = null);

    /// <summary>One statement. False as above.</summary>
    bool Run(string sql, int? expects, Action<IValues> bind);

    /// <summary>A statement for keys in lists of <c>IN</c>.</summary>
    /// <param name="before">Up to and with <c>IN (</c>; <paramref name="first"/> adds the values before the list.</param>
    void InLists<T>(string before, IReadOnlyList<T> keys, Action<IValues>? first, Action<IValues, T> bind);
}

/// <summary>The values of a statement, in the order of its question marks.</summary>
internal interface IValues
{
    IValues Add(long value);

    IValues Add(string? value);

    /// <summary>Text for a binary column: its UTF-8.</summary>
    IValues AddUtf8(string value);

    IValues Add(byte[]? value);

    IValues Add(Guid value);

    IValues Add(Guid? value);

    /// <summary>The seq of an event that was written before, perhaps by the same text.</summary>
    IValues AddSeq(long value);
}

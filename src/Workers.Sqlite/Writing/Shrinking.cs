namespace Workers.Sqlite.Writing;

/// <summary>
/// Gives room back to the disk where more than a quarter of a file is free: what retention deletes is else used for new rows alone, and a file stays as large as it ever was. In
/// commits of at most 2 MiB, so that nobody waits for it. A file that was made before there was this stays as it is. Tests: SqliteDayTests.
/// </summary>
internal sealed class Shrinking(Writer writer)
{
    private const int Step = 256;
    private const int MostSteps = 200;

    // A small file is left alone.
    private const int Little = 1_024;

    /// <summary>The number of pages given back.</summary>
    public async Task<int> RunAsync()
    {
        var total = 0;
        for (var steps = 0; steps < MostSteps; steps++)
        {
            var pages = await writer.Enqueue(Shrink).ConfigureAwait(false);
            if (pages == 0)
            {
                break;
            }

            total += pages;
        }

        return total;
    }

    private static int Shrink(WriteContext context)
    {
        var connection = context.Connection;
        var (all, free) = (connection["PRAGMA page_count"].RunReturning(), connection["PRAGMA freelist_count"].RunReturning());
        if (free <= Little || free <= all / 4 || connection["PRAGMA auto_vacuum"].RunReturning() == 0)
        {
            return 0;
        }

        connection.Execute($"PRAGMA incremental_vacuum({Step})");
        return (int)(all - connection["PRAGMA page_count"].RunReturning());
    }
}

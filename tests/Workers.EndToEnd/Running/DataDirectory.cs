namespace Workers.EndToEnd.Running;

/// <summary>A data directory of one test, gone afterwards.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("workers-e2e-");

    public string FullName => _directory.FullName;

    public string Database => Path.Combine(FullName, "workers.db");

    /// <summary>Read models and audit trail; they are made anew from the log.</summary>
    public void DeleteReads()
    {
        foreach (var file in _directory.GetFiles("reads.db*"))
        {
            file.Delete();
        }
    }

    public string Ledger => Path.Combine(FullName, "gateway-simulated.log");

    public void Dispose() => _directory.Delete(recursive: true);
}

namespace Workers.Telemetry.Prometheus;

/// <summary>Shows what is counted.</summary>
internal interface IScrape
{
    /// <summary>As it is now: the text format, or OpenMetrics.</summary>
    byte[] Scrape(bool openMetrics);
}

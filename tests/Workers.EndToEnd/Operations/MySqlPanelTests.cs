using System.Globalization;
using MySqlConnector;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Cluster;

namespace Workers.EndToEnd.Operations;

/// <summary>What panels ask MySQL, against the table as its migration makes it.</summary>
[TestFixture]
public sealed class MySqlPanelTests
{
    private const long Now = 1_800_000_000;
    private readonly string _database = $"panels_{Guid.NewGuid():N}";

    [Test]
    public void Every_panel_has_a_result()
    {
        using var connection = new MySqlConnection(TestServers.Named("WORKERS_TEST_MYSQL"));
        connection.Open();
        Execute(connection, $"CREATE DATABASE {_database}; USE {_database}");
        try
        {
            Execute(connection, File.ReadAllText(Checkout.At("src/Workers.MySql/Migrations/004_metrics.sql")));
            foreach (var (type, kind) in new[] { ("CreateOrder", "order"), ("ProcessPayment", "payment"), ("RefundPayment", "refund"), ("CreateUser", "user") })
            {
                Execute(connection, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO command_metrics VALUES(60, {Now}, '{type}', '{kind}', 3, 1, 0, 0, 0, 0, 0, 5000, 9000, '', '')"));
            }

            var panels = Dashboard.All.SelectMany(dashboard => dashboard.MySqlQueries).ToList();
            panels.Count.ShouldBeGreaterThan(3);
            foreach (var (panel, sql, _) in panels)
            {
                Rows(connection, Filled(sql, Now)).ShouldBeGreaterThan(0, panel);
                Rows(connection, Filled(sql, Now + 86_400)).ShouldBe(0, panel);
            }
        }
        finally
        {
            Execute(connection, $"DROP DATABASE {_database}");
        }
    }

    // As Grafana does, for the hour around that time.
    private static string Filled(string sql, long at) => sql.Replace(
        "$__unixEpochFilter(at_s)", string.Create(CultureInfo.InvariantCulture, $"at_s >= {at - 1_800} AND at_s <= {at + 1_800}"), StringComparison.Ordinal);

    private static int Rows(MySqlConnection connection, string sql)
    {
        using var command = new MySqlCommand(sql, connection);
        using var reader = command.ExecuteReader();
        var rows = 0;
        while (reader.Read())
        {
            rows++;
        }

        return rows;
    }

    private static void Execute(MySqlConnection connection, string sql)
    {
        using var command = new MySqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}

using Microsoft.Extensions.Logging;
using MySqlConnector;
using Workers.MySql.Connections;

namespace Workers.MySql.Migrations;

/// <summary>
/// Triggers that refuse to change or delete an event. With the binary log on, MySQL lets only some accounts make them (<c>log_bin_trust_function_creators</c>);
/// without them the store works the same, and nobody is kept from a mistake by hand. So they are no migration.
/// </summary>
internal static class EventGuard
{
    private static readonly (string Name, string When)[] Triggers = [("events_are_never_changed", "UPDATE"), ("events_are_never_deleted", "DELETE")];

    // No privilege for triggers; none with the binary log on; none for this statement.
    private static readonly int[] NotAllowed = [1142, 1227, 1419];

    public static void Make(Session session, ILogger logger)
    {
        var there = session["SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()"].Read(r => r.Text(0));
        foreach (var (name, when) in Triggers.Where(t => !there.Contains(t.Name)))
        {
            try
            {
                session.Execute(
                    $"CREATE TRIGGER {name} BEFORE {when} ON events FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{name.Replace('_', ' ')}'");
            }
            catch (MySqlException error) when (NotAllowed.Contains(Failures.Number(error)))
            {
                LogMessages.EventsNotGuarded(logger, session.Server.Name, Failures.Reason(error));
                return;
            }
        }
    }
}

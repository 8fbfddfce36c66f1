using Workers.Engine.Faults;
using Workers.Engine.Store;

namespace Workers.MySql.Connections;

/// <summary>Work on a session with what every caller must do about failures. Tests: MySqlFailureTests.</summary>
internal static class Attempts
{
    private const int Deadlocks = 3;

    /// <summary>
    /// One transaction. A deadlock is tried again, and so is once what found its connection dead before COMMIT: nothing of it can have happened. Throws
    /// <see cref="FlushFailedException"/> where the data cannot be written, <see cref="StoreUnavailableException"/> for all else that the server says;
    /// after that one it is not known whether it was committed.
    /// </summary>
    /// <param name="work">Its result, and what goes with the COMMIT; null: it does not stay.</param>
    /// <param name="undo">Called when what the work has done does not stay, or may not.</param>
    public static T Transact<T>(this Session session, Func<Session, (T Result, string? Last)> work, Action? undo = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (known, committing, done) = (session.IsOpen, false, false);
            try
            {
                session.Open();
                var (result, last) = work(session);
                if (last is not null)
                {
                    committing = true;
                    FailPoint.Hit("mysql-before-commit");
                    session.Commit(last);
                    FailPoint.Hit("mysql-after-commit");
                }
                else
                {
                    session.Rollback();
                }

                done = last is not null;
                return result;
            }
            catch (FlushFailedException)
            {
                session.Rollback();
                throw;
            }
            catch (Exception error) when (Failures.IsOfServer(error))
            {
                if (Failures.IsDeadlock(error) && attempt <= Deadlocks)
                {
                    session.Rollback();
                }
                else if (Failures.IsOfData(error))
                {
                    session.Rollback();
                    throw new FlushFailedException(Failures.Reason(error), error);
                }
                else
                {
                    session.Drop();
                    if (committing || !known || attempt > 1 || !Failures.IsLost(error) || Failures.IsTimeout(error))
                    {
                        throw Failures.Unavailable(session.Server, error);
                    }
                }
            }
            catch
            {
                // What the session has done so far is not known.
                session.Drop();
                throw;
            }
            finally
            {
                if (!done)
                {
                    undo?.Invoke();
                }
            }
        }
    }

    /// <summary>A read; once more where the connection was found dead.</summary>
    public static T Ask<T>(this Session session, Func<Session, T> read)
    {
        while (true)
        {
            var known = session.IsOpen;
            try
            {
                session.Open();
                return read(session);
            }
            catch (Exception error) when (Failures.IsOfServer(error))
            {
                session.Drop();
                if (!known || !Failures.IsLost(error) || Failures.IsTimeout(error))
                {
                    throw Failures.Unavailable(session.Server, error);
                }
            }
            catch
            {
                session.Drop();
                throw;
            }
        }
    }
}

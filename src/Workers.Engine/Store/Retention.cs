namespace Workers.Engine.Store;

/// <summary>What retention allows to be deleted is deleted now, beside what is done by itself.</summary>
/// <param name="TrimAsync">Returns the number of rows deleted; 0 where another process is at it.</param>
public sealed record Retention(Func<Task<int>> TrimAsync);

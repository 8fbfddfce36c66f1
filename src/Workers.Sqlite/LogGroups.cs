namespace Workers.Sqlite;

/// <summary>Who reads the log in the file, which is read by one process: whoever serves from it.</summary>
/// <param name="Served">Groups that it serves. What they have not read is never deleted, and nothing is before each of them has a position.</param>
/// <param name="Kept">
/// Groups whose records are kept whether they are served or not: those that execute what was accepted. What any other group has not read that is not served is deleted where all
/// appends would be refused otherwise.
/// </param>
/// <param name="Elsewhere">Groups whose positions are kept outside the files: what the files have of them is from before they moved, and counts no more.</param>
public sealed record LogGroups(IReadOnlyCollection<string> Served, IReadOnlyCollection<string> Kept, IReadOnlyCollection<string> Elsewhere);

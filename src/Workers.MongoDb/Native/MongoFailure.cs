namespace Workers.MongoDb.Native;

/// <summary>A call into libmongoc that failed, there or at the server.</summary>
internal sealed class MongoFailure(int domain, int code, string message) : Exception($"{message} (error {domain}.{code})")
{
    public const int DuplicateKey = 11000;
    public const int NoCollection = 26;

    private const int TookTooLong = 50;

    // Of enum mongoc_error_domain_t.
    private const int Stream = 2;
    private const int Protocol = 3;
    private const int BsonInvalid = 8;
    private const int Command = 11;
    private const int Server = 17;

    // Shutting down, not the primary any more, stepping down, a cursor of before that: another try finds the one that is.
    private static readonly HashSet<int> Elsewhere = [6, 7, 43, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436];

    // BadValue, DollarPrefixedFieldName, BSONObjectTooLarge (twice), KeyTooLong.
    private static readonly HashSet<int> OfData = [2, 52, 10334, 17280, 17420];

    public int Domain { get; } = domain;

    public int Code { get; } = code;

    /// <summary>The connection broke or leads to the wrong server: the next call makes a new one.</summary>
    public bool IsBroken => Domain is Stream or Protocol || (IsOfServer && Elsewhere.Contains(Code));

    /// <summary>This document cannot be stored, however often it is tried.</summary>
    public bool IsOfData => IsUnreadable || Domain is BsonInvalid || (IsOfServer && OfData.Contains(Code));

    /// <summary>libbson does not take the JSON.</summary>
    public bool IsUnreadable { get; init; }

    /// <summary>The server gave it up at its limit.</summary>
    public bool IsTimeout => IsOfServer && Code == TookTooLong;

    private bool IsOfServer => Domain is Command or Server;
}

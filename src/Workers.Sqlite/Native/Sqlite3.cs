using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Workers.Sqlite.Native;

/// <summary>
/// The bundled SQLite. Opening goes through SQLitePCLRaw; the calls that every row needs are bound here without its handles and marshalling,
/// which cost as much as the insert of a short row. Those that only touch memory leave out the transition of the garbage collector.
/// </summary>
internal static unsafe partial class Sqlite3
{
    private const string Library = "e_sqlite3";
    private static readonly Lock Gate = new();
    private static bool _ready;

    internal const int Ok = 0;
    internal const int Row = 100;
    internal const int Done = 101;
    internal const int PreparePersistent = 1;

    /// <summary>SQLite copies what is bound before the call returns.</summary>
    internal const nint Transient = -1;

    /// <summary>What is bound stays where it is until the statement was stepped.</summary>
    internal const nint Static = 0;

    /// <summary>Before each connection; does its work before the first one of the process.</summary>
    internal static void Initialize()
    {
        lock (Gate)
        {
            if (_ready)
            {
                return;
            }

            Batteries_V2.Init();

            // Without its statistics the allocator takes no lock that writer and readers would share.
            raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
            raw.sqlite3_initialize();
            PatchSleep();
            _ready = true;
        }
    }

    /// <summary>Who finds the file locked tries again, at first every millisecond, for five seconds at most.</summary>
    internal static void SetBusyHandler(nint db) => _ = BusyHandler(db, &Busy, 0);

    // The bundled library was built without usleep: each back-off inside it would last a whole second. struct sqlite3_vfs: xSleep is its 15th member, at
    // byte 112 where pointers have 8 bytes. Its own busy handler asks for whole seconds for the same reason and is replaced.
    // Proven by A_second_connection_waits_milliseconds_for_a_lock and A_back_off_inside_the_library_lasts_as_long_as_it_asks.
    private static void PatchSleep()
    {
        if (nint.Size != 8)
        {
            return;
        }

        var vfs = FindVfs(null);
        *(delegate* unmanaged[Cdecl]<nint, int, int>*)(vfs + 112) = &Sleep;
    }

    /// <summary>What the library does to wait.</summary>
    internal static int SleepThroughVfs(int microseconds)
    {
        var vfs = FindVfs(null);
        return (*(delegate* unmanaged[Cdecl]<nint, int, int>*)(vfs + 112))(vfs, microseconds);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sleep(nint vfs, int microseconds)
    {
        Pause(Math.Max(1, microseconds / 1000));
        return microseconds;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Busy(nint state, int before)
    {
        const int longest = 20;
        var waited = before <= longest ? before * (before + 1) / 2 : ((longest + 1) * longest / 2) + ((before - longest) * longest);
        if (waited >= 5_000)
        {
            return 0;
        }

        Pause(Math.Min(longest, before + 1));
        return 1;
    }

    // On a thread that waits for a lock in SQLite anyway; there is nothing to await.
    private static void Pause(int milliseconds)
    {
        using var never = new ManualResetEventSlim();
        never.Wait(milliseconds);
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_busy_handler")]
    private static partial int BusyHandler(nint db, delegate* unmanaged[Cdecl]<nint, int, int> handler, nint state);

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_find")]
    private static partial nint FindVfs(byte* name);

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v3")]
    internal static partial int Prepare(nint db, byte* sql, int length, uint flags, out nint statement, out nint tail);

    [LibraryImport(Library, EntryPoint = "sqlite3_finalize")]
    internal static partial int Finalize(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    internal static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    internal static partial int Reset(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64"), SuppressGCTransition]
    internal static partial int BindInt64(nint statement, int index, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null"), SuppressGCTransition]
    internal static partial int BindNull(nint statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob"), SuppressGCTransition]
    internal static partial int BindBlob(nint statement, int index, byte* value, int length, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text"), SuppressGCTransition]
    internal static partial int BindText(nint statement, int index, byte* value, int length, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64"), SuppressGCTransition]
    internal static partial long ColumnInt64(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_type"), SuppressGCTransition]
    internal static partial int ColumnType(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob"), SuppressGCTransition]
    internal static partial byte* ColumnBlob(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes"), SuppressGCTransition]
    internal static partial int ColumnBytes(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_changes"), SuppressGCTransition]
    internal static partial int Changes(nint db);

    [LibraryImport(Library, EntryPoint = "sqlite3_get_autocommit"), SuppressGCTransition]
    internal static partial int GetAutocommit(nint db);
}

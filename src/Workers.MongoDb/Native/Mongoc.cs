using System.Runtime.InteropServices;

namespace Workers.MongoDb.Native;

/// <summary>What is used of libmongoc, under its own names. Handles are pointers; who made one releases it.</summary>
internal static unsafe partial class Mongoc
{
    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_init")]
    public static partial void Init();

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_log_set_handler")]
    public static partial void SetLogHandler(nint handler, nint data);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_uri_new_with_error", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint UriNew(string text, out BsonError error);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_uri_destroy")]
    public static partial void UriDestroy(nint uri);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_uri_has_option", StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool UriHasOption(nint uri, string option);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_uri_set_option_as_int32", StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool UriSetOption(nint uri, string option, int value);

    /// <summary>A linked list: next (pointer), host (256 bytes), host and port (text), …; null for mongodb+srv.</summary>
    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_uri_get_hosts")]
    public static partial nint UriHosts(nint uri);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_client_pool_new")]
    public static partial nint PoolNew(nint uri);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_client_pool_set_error_api")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool PoolSetErrorApi(nint pool, int version);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_client_pool_set_appname", StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool PoolSetName(nint pool, string name);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_client_pool_max_size")]
    public static partial void PoolSetSize(nint pool, uint size);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_client_pool_pop")]
    public static partial nint PoolPop(nint pool);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_client_pool_push")]
    public static partial void PoolPush(nint pool, nint client);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_client_pool_destroy")]
    public static partial void PoolDestroy(nint pool);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_client_command_simple", StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool Command(nint client, string database, nint command, nint preferences, nint reply, out BsonError error);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_client_get_collection", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint Collection(nint client, string database, string name);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_collection_destroy")]
    public static partial void CollectionDestroy(nint collection);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_read_prefs_new")]
    public static partial nint PreferencesNew(int mode);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_read_prefs_destroy")]
    public static partial void PreferencesDestroy(nint preferences);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_collection_find_with_opts")]
    public static partial nint Find(nint collection, nint filter, nint options, nint preferences);

    /// <summary>The document belongs to the cursor and lives until the next call.</summary>
    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_cursor_next")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool CursorNext(nint cursor, out nint document);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_cursor_error")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool CursorError(nint cursor, out BsonError error);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_cursor_destroy")]
    public static partial void CursorDestroy(nint cursor);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_collection_create_bulk_operation_with_opts")]
    public static partial nint BulkNew(nint collection, nint options);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_bulk_operation_insert_with_opts")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool BulkInsert(nint bulk, nint document, nint options, out BsonError error);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_bulk_operation_replace_one_with_opts")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool BulkReplace(nint bulk, nint filter, nint document, nint options, out BsonError error);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_bulk_operation_update_one_with_opts")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool BulkUpdate(nint bulk, nint filter, nint document, nint options, out BsonError error);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_bulk_operation_execute")]
    public static partial uint BulkExecute(nint bulk, nint reply, out BsonError error);

    [LibraryImport(Libraries.Mongoc, EntryPoint = "mongoc_bulk_operation_destroy")]
    public static partial void BulkDestroy(nint bulk);

    [LibraryImport(Libraries.Bson, EntryPoint = "bson_new_from_json")]
    public static partial nint BsonFromJson(byte* json, nint length, out BsonError error);

    [LibraryImport(Libraries.Bson, EntryPoint = "bson_as_relaxed_extended_json")]
    public static partial nint BsonToJson(nint document, out nuint length);

    [LibraryImport(Libraries.Bson, EntryPoint = "bson_free")]
    public static partial void BsonFree(nint memory);

    [LibraryImport(Libraries.Bson, EntryPoint = "bson_destroy")]
    public static partial void BsonDestroy(nint document);
}

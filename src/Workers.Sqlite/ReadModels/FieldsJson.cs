using System.Text.Json.Serialization;

namespace Workers.Sqlite.ReadModels;

[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, long>))]
internal sealed partial class FieldsJson : JsonSerializerContext;

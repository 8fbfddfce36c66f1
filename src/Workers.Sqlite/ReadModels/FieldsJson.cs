using System.Text.Json.Serialization;

namespace Workers.Sqlite.ReadModels;

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class FieldsJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace Workers.Domain;

/// <summary>How states are stored: snake_case, absent members left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Payment))]
[JsonSerializable(typeof(Product))]
[JsonSerializable(typeof(Reservation))]
[JsonSerializable(typeof(Notification))]
[JsonSerializable(typeof(UndoneCommand))]
[JsonSerializable(typeof(Delivery))]
[JsonSerializable(typeof(FlowRequest))]
[JsonSerializable(typeof(ReplayOperation))]
[JsonSerializable(typeof(CancelOperation))]
[JsonSerializable(typeof(SavedReadModel))]
[JsonSerializable(typeof(Schedules.Schedule))]
[JsonSerializable(typeof(Schedules.ScheduleRuns))]
public sealed partial class DomainJson : JsonSerializerContext;

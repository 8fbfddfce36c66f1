using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Contracts.Reading;
using Workers.Engine.Encryption;
using Workers.Engine.Identity;
using Workers.Engine.Log;
using Workers.Engine.Projections;

namespace Workers.Kafka.Wire;

/// <summary>
/// What other systems put on <c>workers.commands</c>, as the typed commands that a door of ours would have made of it. What cannot be read is a record too, with its
/// bytes and <see cref="HeaderName.Unreadable"/>: the pump makes a dead letter of it. Tests: KafkaForeignTests.
/// </summary>
/// <param name="fingerprints">Null in a process that executes no commands.</param>
/// <param name="cipher">What others have put there is theirs to protect; what is made of it, not.</param>
internal sealed class ForeignReader(CommandReader reader, Func<FingerprintKey?> fingerprints, Func<DataCipher?>? cipher = null)
{
    public const int MaxBytes = 1 << 20;
    private const int Kept = 64 << 10;
    private const string Anonymous = "anonymous";
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <param name="id">That of a record that was sent on or again; null for one that was not.</param>
    public LogRecord Read(ConsumeResult<byte[], byte[]> found, PartitionId where, long time, Guid? id)
    {
        var raw = new ForeignRecord(found, where, time, id ?? Ids.Foreign(where.Topic, where.Number, found.Offset.Value, time), id is not null);
        try
        {
            return Read(raw);
        }
#pragma warning disable CA1031 // Part of the reader's loop: whatever a record does to its reading, the partition goes on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return raw.Failed(new Unreadable("unreadable", error.Message), CloudEvent.Text(raw.Headers, "ce_type"));
        }
    }

    private LogRecord Read(ForeignRecord raw)
    {
        if (raw.Where.Topic != Topics.Commands)
        {
            return raw.Failed(new Unreadable("unreadable", $"Other systems write to {Topics.Commands} alone, not to {raw.Where.Topic}"), null);
        }

        if (raw.Value.Length == 0)
        {
            return raw.Failed(new Unreadable("empty", "The record has no value"), CloudEvent.Text(raw.Headers, "ce_type"));
        }

        if (raw.Value.Length > MaxBytes)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(raw.Value));
            var sentence = string.Create(
                CultureInfo.InvariantCulture, $"The value has {raw.Value.Length} bytes, at most {MaxBytes} are taken; the first {Kept} are kept; SHA-256 {hash}");
            return raw.Failed(new Unreadable("too_large", sentence), CloudEvent.Text(raw.Headers, "ce_type"), Kept);
        }

        CloudEvent said;
        try
        {
            said = CloudEvent.Of(raw.Headers, raw.Value);
            said = said with { Id = said.Id ?? raw.CallerId };
        }
        catch (JsonException error)
        {
            return raw.Failed(new Unreadable("unreadable", $"The CloudEvent cannot be read: {error.Message}"), null);
        }

        return Read(raw, said);
    }

    private LogRecord Read(ForeignRecord raw, CloudEvent said)
    {
        var key = Strict.GetString(raw.Key);
        if (key.Length > 0 && !IdRules.IsId(key))
        {
            return raw.Failed(new Unreadable("unreadable", "The key of the record must be an id: 1 to 128 printable characters without / \\ ? # %"), said.Type, said: said);
        }

        if (said.Id is { } callerId && !IdRules.IsId(callerId))
        {
            return raw.Failed(new Unreadable("unreadable", "ce_id must be an id: 1 to 128 printable characters without / \\ ? # %"), said.Type, said: said);
        }

        var caller = said.Source is { Length: <= 255 } source ? source : said.Source?[..255] ?? Anonymous;
        var reading = Read(said, caller, key.Length > 0 ? key : null, raw.Id);
        if (reading is { Info.KeyIsLookedUp: true, Key: var same } && same == key && RefundOf(reading) == key)
        {
            // The key is that of what is looked up, not of the aggregate.
            reading = Read(said, caller, null, raw.Id);
        }

        if (reading.Failure is { } failure)
        {
            return raw.Failed(Why(failure, reading), reading.Info?.Name ?? said.Type, key: reading.Key.Length > 0 ? reading.Key : key, said: said);
        }

        return Command(raw, said, caller, reading);
    }

    private CommandReading Read(CloudEvent said, string caller, string? key, Guid id) => reader.Read(said.Data, new ReadRequest
    {
        Said = said.Type,
        Key = key,
        KeyName = "the key of the record",
        MakeKey = (info, commandId) => ((commandId ?? said.Id) is { } known ? Ids.OfCaller(caller, info.Name, known) : Ids.Derived(id, "key")).ToString(),
    });

    private static Unreadable Why(ReadFailure failure, CommandReading reading) => failure.Code switch
    {
        ReadFailure.Validation when reading is { Info: not null, Key.Length: > 0 } => new(Unreadable.Refused, failure.Message),
        ReadFailure.UnknownType or ReadFailure.Ambiguous => new("unknown_type", failure.Message),
        _ => new("unreadable", failure.Message),
    };

    private LogRecord Command(ForeignRecord raw, CloudEvent said, string caller, CommandReading reading)
    {
        var info = reading.Info!;
        var data = info.ToBytes(reading.Command!);
        var callerId = reading.CommandId ?? said.Id;
        var headers = new HeaderWriter()
            .Add(HeaderName.Type, info.Name).Add(HeaderName.Source, caller).Add(HeaderName.Door, CommandRow.KafkaDoor).Add(HeaderName.CommandId, callerId);
        if (callerId is not null && fingerprints() is { } secret)
        {
            headers.Add(HeaderName.CallerKey, Ids.OfCaller(caller, info.Name, callerId))
                .Add(HeaderName.Fingerprint, Convert.ToHexStringLower(secret.Of(data)));
        }

        headers.Add(HeaderName.CorrelationId, IdRules.IsId(said.CorrelationId) ? said.CorrelationId : raw.Id.ToString())
            .Add(HeaderName.CausationId, IdRules.IsId(said.CausationId) ? said.CausationId : null)
            .Add(HeaderName.TraceParent, said.TraceParent).Add(HeaderName.TraceState, said.TraceState)
            .Add(HeaderName.UserId, UserIds.Of(info, reading.Command!));
        raw.AddOthers(headers);

        // What is looked up has no key yet; it lies, and is found, under what it is looked up by.
        return raw.Record(reading.Key.Length > 0 ? reading.Key : RefundOf(reading)!, headers.Take(), cipher?.Invoke()?.Protect(data, info.Type) ?? data);
    }

    private static string? RefundOf(CommandReading reading) => (reading.Command as IRefundDecision)?.RefundId;
}

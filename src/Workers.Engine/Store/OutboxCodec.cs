using System.Buffers.Binary;
using Workers.Engine.Log;

namespace Workers.Engine.Store;

/// <summary>A batch of the outbox as stores keep it: each record as <see cref="RecordCodec.WriteWhere"/> has it, after its length (Int32 LE).</summary>
public static class OutboxCodec
{
    public static byte[] Write(IReadOnlyList<LogRecord> records)
    {
        var parts = new byte[records.Count][];
        var length = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = RecordCodec.WriteWhere(records[i]);
            length += parts[i].Length + sizeof(int);
        }

        var target = new byte[length];
        var at = 0;
        foreach (var part in parts)
        {
            BinaryPrimitives.WriteInt32LittleEndian(target.AsSpan(at), part.Length);
            part.CopyTo(target, at + sizeof(int));
            at += sizeof(int) + part.Length;
        }

        return target;
    }

    public static IReadOnlyList<LogRecord> Read(ReadOnlySpan<byte> source)
    {
        var records = new List<LogRecord>();
        while (source.Length > 0)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(source);
            records.Add(RecordCodec.ReadWhere(source.Slice(sizeof(int), length)));
            source = source[(sizeof(int) + length)..];
        }

        return records;
    }
}

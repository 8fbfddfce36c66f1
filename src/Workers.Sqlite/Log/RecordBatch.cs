using System.Buffers;
using Workers.Contracts;
using Workers.Engine.Log;

namespace Workers.Sqlite.Log;

/// <summary>Encoded records that wait for the writer: one buffer, kept from one use to the next.</summary>
internal sealed class RecordBatch
{
    private const int Kept = 4 << 20;
    private byte[] _buffer = [];
    private int _length;

    public List<Entry> Entries { get; } = [];

    public List<LogRecord> Records { get; } = [];

    public byte[] Buffer => _buffer;

    public int Count => Entries.Count;

    public int Bytes => _length;

    /// <summary>Encodes the record and sets its partition.</summary>
    public void Add(LogRecord record, TopicTable.Topic topic)
    {
        var partition = Murmur2.Partition(record.Key, topic.Partitions);
        Reserve(RecordCodec.MaxLength(record));
        var length = RecordCodec.Write(record, _buffer.AsSpan(_length));
        record.Partition = partition;
        Entries.Add(new Entry(_length, length, topic.Id, partition));
        Records.Add(record);
        _length += length;
    }

    /// <summary>Takes the last records off again.</summary>
    public void Truncate(int count, int bytes)
    {
        Entries.RemoveRange(count, Entries.Count - count);
        Records.RemoveRange(count, Records.Count - count);
        _length = bytes;
    }

    public void Clear()
    {
        Entries.Clear();
        Records.Clear();
        _length = 0;
        if (_buffer.Length > Kept)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private void Reserve(int more)
    {
        if (_buffer.Length - _length >= more)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(64 << 10, checked(Math.Max(_length + more, _buffer.Length * 2))));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }

    public readonly record struct Entry(int Start, int Length, int Topic, int Partition);
}

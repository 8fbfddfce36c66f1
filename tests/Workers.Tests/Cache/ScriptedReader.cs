using System.Reflection;
using Workers.Engine.Cache;
using Workers.Engine.Store;

namespace Workers.Tests.Cache;

/// <summary>A store of which states are read, one version at a time: what else is asked of it fails.</summary>
internal class ScriptedReader : DispatchProxy
{
    private readonly Lock _gate = new();
    private long _version = 1;
    private int _reads;

    /// <summary>The version of every state that is read from now on; 0 for none.</summary>
    public long Version
    {
        get
        {
            lock (_gate)
            {
                return _version;
            }
        }

        set
        {
            lock (_gate)
            {
                _version = value;
            }
        }
    }

    public int Reads
    {
        get
        {
            lock (_gate)
            {
                return _reads;
            }
        }
    }

    /// <summary>Called by each read after it has seen the version.</summary>
    public Action Reading { get; set; } = static () => { };

    protected override object? Invoke(MethodInfo? method, object?[]? args)
    {
        switch (method!.Name)
        {
            case nameof(IStateReader.FindStates):
                Find((IReadOnlyCollection<StateKey>)args![0]!, (IDictionary<StateKey, StateRow>)args[1]!);
                return null;
            case nameof(IDisposable.Dispose):
                return null;
            default:
                throw new NotSupportedException(method.Name);
        }
    }

    private void Find(IReadOnlyCollection<StateKey> keys, IDictionary<StateKey, StateRow> found)
    {
        long version;
        lock (_gate)
        {
            _reads++;
            version = _version;
        }

        Reading();
        foreach (var key in keys.Where(_ => version > 0))
        {
            found[key] = new StateRow(version, new byte[8], 0);
        }
    }
}

/// <summary>A store that lends such readers, and whose flushes end when the test says so.</summary>
internal class ScriptedStore : DispatchProxy
{
    public IStateReader Reader { get; set; } = null!;

    public TaskCompletionSource<FlushResult> Flush { get; } = new();

    protected override object? Invoke(MethodInfo? method, object?[]? args) => method!.Name switch
    {
        nameof(IStateStore.OpenReader) => Reader,
        nameof(IStateStore.FlushAsync) => Flush.Task,
        _ => throw new NotSupportedException(method.Name),
    };
}

/// <summary>A cache that takes its time to end a write.</summary>
internal class SlowCache : DispatchProxy
{
    public TaskCompletionSource End { get; } = new();

    protected override object? Invoke(MethodInfo? method, object?[]? args) => method!.Name switch
    {
        nameof(IResourceCache.BeforeWrite) => (Func<Task<FlushResult>, Task<FlushResult>>)(write => End.Task.ContinueWith(_ => write, TaskScheduler.Default).Unwrap()),
        _ => throw new NotSupportedException(method.Name),
    };
}

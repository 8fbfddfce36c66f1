namespace Workers.Redis;

/// <summary>
/// What happens in Redis in one step. An entry is a hash: <c>g</c> its generation, <c>v</c> the state's version, <c>d</c> its data, <c>t</c> the token that a look
/// left; without <c>d</c> it says that the state is being, or was, written at <c>v</c>, and nothing lower may be put. Redis may forget any of it at any time: with
/// the hash goes the token, and without that nothing is put that was read before.
/// </summary>
internal static class Scripts
{
    /// <summary>
    /// A key; the generation whose entries count, a token never used before, milliseconds to keep that. Returns the version and data where they count, and the token
    /// with which may be put. The deletion of nothing is a write that replicas refuse: what they have may be from before.
    /// </summary>
    public const string Look = """
        local old = redis.call('HMGET', KEYS[1], 'g', 'v', 'd', 't')
        local token = old[4]
        if token then
          redis.call('HDEL', KEYS[1], '-')
        else
          token = ARGV[2]
          redis.call('HSET', KEYS[1], 't', token)
          if not old[2] then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
        end
        return {old[2], old[1] == ARGV[1] and old[3], token}
        """;

    /// <summary>
    /// Keys; milliseconds to keep, then a version for each key. Returns how many entries had data. Tokens go in any case: who looked before does not share what it
    /// reads with those who look after.
    /// </summary>
    public const string BeforeWrite = """
        local dropped = 0
        for i, key in ipairs(KEYS) do
          local old = redis.call('HMGET', key, 'v', 'd')
          if not old[1] or tonumber(old[1]) < tonumber(ARGV[1 + i]) then
            if old[2] then dropped = dropped + 1 end
            redis.call('DEL', key)
            redis.call('HSET', key, 'v', ARGV[1 + i])
            redis.call('PEXPIRE', key, ARGV[1])
          else
            redis.call('HDEL', key, 't')
          end
        end
        return dropped
        """;

    /// <summary>A key; generation, version, data, milliseconds to keep, the token of the look before the data was read.</summary>
    public const string Put = """
        local old = redis.call('HMGET', KEYS[1], 'g', 'v', 'd', 't')
        if old[4] ~= ARGV[5] then return 0 end
        if old[2] then
          local v = tonumber(old[2])
          if v > tonumber(ARGV[2]) or (v == tonumber(ARGV[2]) and old[3] and old[1] == ARGV[1]) then return 0 end
        end
        redis.call('HSET', KEYS[1], 'g', ARGV[1], 'v', ARGV[2], 'd', ARGV[3])
        redis.call('PEXPIRE', KEYS[1], ARGV[4])
        return 1
        """;

    /// <summary>
    /// A bucket; microseconds for a token, tokens it holds. Its value is when it will be full, by the server's clock. Returns whether a token was taken, how many
    /// are left, microseconds until there is one and until it is full.
    /// </summary>
    public const string TakeToken = """
        redis.replicate_commands()
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local interval = tonumber(ARGV[1])
        local room = interval * tonumber(ARGV[2])
        local full = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
        local next = full + interval
        if next - now > room then return {0, 0, next - now - room, full - now} end
        redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000) + 1000)
        return {1, math.floor((room - (next - now)) / interval), 0, next - now}
        """;

    /// <summary>A key; milliseconds to keep it. Returns 1 where it was not there.</summary>
    public const string Once = "if redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[1]) then return 1 end return 0";
}

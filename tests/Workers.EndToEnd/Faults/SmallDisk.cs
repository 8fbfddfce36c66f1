using System.Globalization;
using NUnit.Framework;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Faults;

/// <summary>A file system in memory that is soon full. Needs root; the test is skipped where it may not be mounted.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly DataDirectory _at = new();

    private SmallDisk()
    {
    }

    public string FullName => _at.FullName;

    public string Ledger => _at.Ledger;

    public string Database => _at.Database;

    private string Filling => Path.Combine(FullName, "filling");

    public static async Task<SmallDisk> MountAsync(int kiB)
    {
        var disk = new SmallDisk();
        try
        {
            await Tool.RunAsync("mount", ["-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={kiB}k"), "tmpfs", disk.FullName]);
            return disk;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            disk._at.Dispose();
            Assert.Ignore($"A small file system cannot be mounted by this user; the limit of a file's size stands for it: {error.Message}");
            throw;
        }
    }

    /// <summary>Leaves no room but this.</summary>
    public void Fill(int leave = 0)
    {
        using var file = new FileStream(Filling, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (new DriveInfo(FullName).AvailableFreeSpace >= leave + block.Length)
            {
                file.Write(block);
            }
        }
        catch (IOException) when (leave == 0)
        {
            // The program has taken the last of it.
        }
    }

    public void MakeRoom() => File.Delete(Filling);

    /// <summary>Nothing may have a file of it open for writing.</summary>
    public Task ReadOnlyAsync() => Tool.RunAsync("mount", ["-o", "remount,ro", FullName]);

    /// <summary>One of its files alone.</summary>
    public static async Task ReadOnlyAsync(string file)
    {
        await Tool.RunAsync("mount", ["--bind", file, file]);
        await Tool.RunAsync("mount", ["-o", "remount,bind,ro", file]);
    }

    public async ValueTask DisposeAsync()
    {
        await Tool.RunAsync("umount", ["-l", FullName]);
        _at.Dispose();
    }
}

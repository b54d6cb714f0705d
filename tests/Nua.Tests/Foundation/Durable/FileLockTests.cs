using System.Diagnostics;
using Nua.Foundation.Durable;
using Nua.Testing;
using Nua.Tests.Engine.Data;

namespace Nua.Tests.Foundation.Durable;

public sealed class FileLockTests : IDisposable
{
    private readonly TempDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Who_asks_needs_not_be_able_to_write()
    {
        using var disk = new SmallDisk(_home["disk"], 64);
        var path = disk.Path + "/lock";
        FileLock.Exclusive(path).Dispose();
        using (var remount = Process.Start("mount", ["-o", "remount,ro", disk.Path]))
        {
            remount.WaitForExit();
            Assert.Equal(0, remount.ExitCode);
        }

        Assert.Throws<IOException>(() => FileLock.Exclusive(path));
        Assert.False(FileLock.IsHeld(path));
    }
}

using System.Diagnostics;
using System.Runtime.InteropServices;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>
/// Cuts the power in the middle of operations: the file system with the whole of NUA_HOME drops, at a random moment, everything that was not flushed (the
/// ioctl behind xfs_io's "shutdown"); what is on the disk then is repaired, mounted again and operated on.
/// </summary>
/// <remarks><c>NUA_POWER_CUTS=200 ./test acceptance -k Power_that_fails</c> cuts 200 times; without it there are four.</remarks>
public sealed partial class PowerCutTests(ExampleImages images) : IDisposable
{
    private const string Name = "cut";
    private const ulong GoingDown = 0x8004587D;
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = Web.FreePort();
    private int _disk;

    private string Image => _folder[$"disk{_disk}"];

    private string Mount => _folder[$"mount{_disk}"];

    private NuaProgram Nua => new(Mount);

    public void Dispose()
    {
        EndSupervisorAsync(Supervisor()).GetAwaiter().GetResult();
        Shell.ScriptAsync($"umount -l '{Mount}'").GetAwaiter().GetResult();
        _folder.Dispose();
    }

    [Fact]
    public async Task Power_that_fails_in_the_middle_leaves_the_old_instance_or_the_new_one()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root, loop devices and mkfs.ext4");
        var cuts = int.TryParse(Environment.GetEnvironmentVariable("NUA_POWER_CUTS"), out var number) ? number : 4;
        var random = new Random(cuts);
        await MakeAsync();
        using var writer = new NoteWriter(_port);
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var cut = 0; cut < cuts; cut++)
        {
            var before = await VersionAsync();
            string[] words = before == "1.0" ? ["upgrade", Name, "nua-notes:2.0", "--steady", "0.3"] : ["rollback", Name, "--steady", "0.3"];
            using var command = Nua.Shell.With(words).Start();
            await Task.Delay(random.Next(3000));
            await CutAsync(command);

            (await Nua.RunAsync("start", Name)).Expect(0);

            using var pause = await writer.PauseAsync();
            var missing = await writer.MissingAsync();
            Assert.True(missing.Count == 0, $"cut {cut} in {words[0]}: {missing.Count} acknowledged notes are missing");
            Assert.False(File.Exists($"{Mount}/instances/{Name}/operation.json"));
            var after = await VersionAsync();
            var outcome = $"{words[0]}: {(after == before ? "old" : "new")}";
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        (await Nua.RunAsync("store", "verify")).Expect(0);
        TestContext.Current.TestOutputHelper?.WriteLine($"{cuts} cuts, {writer.Total} notes acknowledged, none lost");
        foreach (var (what, count) in outcomes)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{count,4} {what}");
        }
    }

    private async Task MakeAsync()
    {
        var one = await images.BuildAsync("notes");
        var two = (await images.Nua.RunAsync("build", Repository.Example("notes-2"))).Expect(0).Out.Trim();
        (await images.Nua.RunAsync("save", two, $"oci:{_folder["two"]}:2.0")).Expect(0);
        (await Shell.ScriptAsync($"mkdir '{Mount}'; truncate -s 700M '{Image}'; mkfs.ext4 -q -F '{Image}'; mount -o loop '{Image}' '{Mount}'")).Expect(0);
        (await Nua.RunAsync("load", $"oci:{one.Layout}:{one.Tag}", "-t", "nua-notes:1.0")).Expect(0);
        (await Nua.RunAsync("load", $"oci:{_folder["two"]}:2.0", "-t", "nua-notes:2.0")).Expect(0);
        (await Nua.RunAsync("up", "nua-notes:1.0", Name, "-p", $"{_port}")).Expect(0);
    }

    /// <summary>All that ran there ends as with the machine, and the next mount sees only what had reached the disk.</summary>
    private async Task CutAsync(RunningProcess command)
    {
        var supervisor = Supervisor();
        var fd = open(Mount, 0);
        uint flags = 2; // Not even the journal is flushed.
        Assert.Equal(0, ioctl(fd, GoingDown, ref flags));
        _ = close(fd);
        command.KillOnlyItself();
        await EndSupervisorAsync(supervisor);
        await command.EndAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        var (image, mount) = (Image, Mount);
        _disk++;
        // A copy, for namespaces of other tests may still hold the old mount. Exit status 1 of e2fsck: it repaired something.
        (await Shell.ScriptAsync(
            $"cp --sparse=always '{image}' '{Image}'; umount -l '{mount}'; rm -f '{image}'; e2fsck -p '{Image}' >/dev/null || [ $? -le 1 ]; mkdir '{Mount}'; mount -o loop '{Image}' '{Mount}'"))
            .Expect(0);
    }

    /// <summary>The supervisor and all below it; workers end with the command.</summary>
    private static async Task EndSupervisorAsync(string? pid)
    {
        if (pid is not null)
        {
            await Shell.ScriptAsync(
                $"all() {{ echo $1; for c in $(pgrep -P $1); do all $c; done; }}; pids=$(all {pid}); kill -9 $pids || true; for p in $pids; do while kill -0 $p; do sleep 0.05; done; done 2>/dev/null");
        }
    }

    private string? Supervisor()
    {
        try
        {
            return File.ReadAllText($"{Mount}/instances/{Name}/run/pid").Trim() is { Length: > 0 } pid ? pid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task<string> VersionAsync()
    {
        var status = await Nua.RunAsync("status", Name, "--json");
        using var document = System.Text.Json.JsonDocument.Parse(status.Out);
        return document.RootElement.GetProperty("version").GetString()!;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, ulong request, ref uint argument);

    [LibraryImport("libc")]
    private static partial int close(int fd);
}

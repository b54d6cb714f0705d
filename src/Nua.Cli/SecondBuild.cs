using System.Diagnostics;
using Nua.Build;
using Nua.Check.Comparing;
using Nua.Config;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Storage;
using Nua.Rootfs.Trees;

namespace Nua.Cli;

/// <summary>
/// What <c>--verify</c> does: builds the same application once more in another process, from a copy elsewhere, with nothing cached and under
/// another umask, time zone, locale and number of CPUs. The two images must be one.
/// </summary>
internal static class SecondBuild
{
    private const string Script = "umask 077; if command -v taskset >/dev/null; then exec taskset 1 \"$@\"; else exec \"$@\"; fi";

    /// <exception cref="ProblemException">NUA9014: the images differ; says where first. NUA9015: the second build failed.</exception>
    /// <param name="requests">One for each platform.</param>
    public static async Task CompareAsync(IReadOnlyList<BuildRequest> requests, BuildOutcome first, Action<string> note, CancellationToken cancellation)
    {
        var request = requests[0];
        var location = ConfigLocator.Locate(request.Directory)!;
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(location.Root));
        var name = $"nua-verify:{first.Digest.Encoded[..12]}";
        var copy = Directory.CreateTempSubdirectory("nua-verify-").FullName;
        try
        {
            note("    building once more, from a copy and with nothing cached");
            await RunAsync("/bin/cp", ["-R", "-P", "--preserve=mode,links,xattr", root, copy], cancellation);
            var folder = Path.Combine(copy, Path.GetFileName(root));
            var directory = File.Exists(request.Directory) ? Path.Combine(folder, Path.GetRelativePath(root, Path.GetFullPath(request.Directory))) : folder;
            await RunAsync("/bin/sh", ["-c", Script, "sh", Environment.ProcessPath!, .. Arguments(requests, directory, name)], cancellation);
        }
        finally
        {
            TreeRemoval.Remove(copy);
        }

        var store = ImageStore.Open(request.StoreHome);
        foreach (var platform in requests.Select(r => r.Platform))
        {
            Compare(store, platform, first, name, cancellation);
        }

        foreach (var made in store.List().Where(i => i.Name == name || i.Name?.StartsWith(name + "-", StringComparison.Ordinal) == true))
        {
            store.Remove(made.Name!);
        }

        note("    the same image, bit for bit");
    }

    private static void Compare(ImageStore store, Platform platform, BuildOutcome first, string name, CancellationToken cancellation)
    {
        var difference = FirstDifference.Find(
            store.OpenImage(first.Digest.ToString(), platform), store.OpenImage(name, platform), cancellation);
        if (difference is not null)
        {
            throw new ProblemException(new Problem("NUA9014", "the same application gave two different images")
            {
                Where = Printable.Escape(first.ImageName),
                Why = "first difference: " + difference,
                Remedy = $"the second one is kept: 'nua diff {Printable.Escape(first.ImageName)} {name}' shows all that differs",
            });
        }
    }

    private static IEnumerable<string> Arguments(IReadOnlyList<BuildRequest> requests, string directory, string name)
    {
        var request = requests[0];
        List<string> arguments = ["build", directory, "--no-cache", "--quiet", "-t", name];
        arguments.AddRange(requests.SelectMany(r => new[] { "--platform", r.Platform.ToString() }));
        arguments.AddRange(request.Settings.SelectMany(setting => new[] { "--set", setting }));
        arguments.AddRange(request.Secrets.SelectMany(secret => new[] { "--secret", $"id={secret.Id},src={secret.File}" }));
        arguments.AddRange(request.BaseReference is { } reference ? ["--base", reference] : []);
        arguments.AddRange(request.Mirror is { } mirror ? ["--mirror", mirror] : []);
        arguments.AddRange(request.Network is { } network ? ["--network", network ? "on" : "off"] : []);
        return arguments;
    }

    private static async Task RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (info.Environment["TZ"], info.Environment["LC_ALL"]) = ("Pacific/Kiritimati", "tr_TR.UTF-8");
        using var process = Process.Start(info)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        try
        {
            await process.WaitForExitAsync(cancellation);
            await output;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode != 0)
        {
            throw new ProblemException(new Problem("NUA9015", "the second build failed, although the first one succeeded")
            {
                Why = string.Join('\n', (await error).TrimEnd().Split('\n').TakeLast(30).Select(line => Printable.Escape(line))),
            });
        }
    }
}

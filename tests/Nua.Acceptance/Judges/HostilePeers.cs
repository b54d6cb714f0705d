using Nua.Acceptance.Running;
using Nua.Testing.Hostile;

namespace Nua.Acceptance.Judges;

/// <summary>What other tools do with an image of the hostile corpus, each with a fresh store.</summary>
public static class HostilePeers
{
    public static readonly IReadOnlyList<string> Names = ["skopeo", "umoci", "podman", "containerd"];

    private const string NotAsked = "–";
    private const int SecondsUntilHung = 60;

    /// <returns>A word for each of <see cref="Names"/>: <c>refuses</c>, <c>accepts</c>, <c>escapes</c> (something outside was changed),
    /// <c>hangs</c>, or a dash for a tool that cannot read the form.</returns>
    public static async Task<IReadOnlyList<string>> JudgeAsync(HostileCase hostile)
    {
        var isDocker = hostile.Forms == Forms.DockerArchive;
        var words = new List<string>();
        foreach (var name in Names)
        {
            using var folder = new TemporaryFolder();
            folder.Write("sentinel/file", "untouched");
            folder.Write("sentinel/sub/other", "untouched");
            var image = hostile.Make(folder["sentinel"]);
            var layout = folder["layout"];
            var archive = folder["archive.tar"];
            if (hostile.Forms.HasFlag(Forms.Layout))
            {
                image.WriteLayout(layout);
            }

            if (hostile.Forms.HasFlag(Forms.OciArchive))
            {
                image.WriteOciArchive(archive);
            }
            else if (isDocker)
            {
                image.WriteDockerArchive(archive);
            }

            var place = Directory.Exists(layout) ? $"oci:{layout}" : isDocker ? $"docker-archive:{archive}" : $"oci-archive:{archive}";
            words.Add(await WordAsync(folder, name switch
            {
                "skopeo" => SkopeoAsync(place, folder),
                "umoci" => Directory.Exists(layout) ? UmociAsync(layout, folder) : null,
                "podman" => PodmanAsync(place),
                _ => File.Exists(archive) ? ContainerdAsync(archive) : null,
            }));
        }

        return words;
    }

    public static async Task<string> VersionsAsync()
    {
        var lines = (await Shell.ScriptAsync("skopeo --version; umoci --version; podman --version; containerd --version")).Expect(0).Out;
        var versions = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Zip(Names, (line, name) =>
            $"{name} {line.Split(' ').First(word => word.Length > 0 && char.IsAsciiDigit(word[0])).Split('~')[0]}");
        return string.Join(", ", versions);
    }

    private static async Task<string> WordAsync(TemporaryFolder folder, Task<Outcome>? asked)
    {
        if (asked is null)
        {
            return NotAsked;
        }

        var before = await ListingAsync(folder["sentinel"]);
        var outcome = await asked;
        return await ListingAsync(folder["sentinel"]) != before ? "escapes"
            : outcome.Status is 124 or 137 ? "hangs"
            : outcome.Status == 0 ? "accepts" : "refuses";
    }

    private static async Task<string> ListingAsync(string path) => (await new Shell("bsdtar").With(
        "-cf", "-", "--format=mtree", "--options=!all,mode,uid,gid,type,size,sha256,link,nlink,time", "-C", path, ".").RunAsync()).Expect(0).Out;

    private static Task<Outcome> SkopeoAsync(string place, TemporaryFolder folder) => Bounded(
        new Shell("skopeo").With("--insecure-policy", "copy", "--quiet", place, $"oci:{folder["copy"]}:x")).RunAsync();

    private static Task<Outcome> UmociAsync(string layout, TemporaryFolder folder) => Bounded(
        new Shell("umoci").With("unpack", "--image", $"{layout}:{HostileImage.Name}", folder["bundle"])).RunAsync();

    private static async Task<Outcome> PodmanAsync(string place)
    {
        await using var podman = new PodmanEngine();
        return await podman.PullAsync(place, Bounded);
    }

    private static async Task<Outcome> ContainerdAsync(string archive)
    {
        await using var containerd = await ContainerdEngine.StartAsync();
        return await containerd.ImportAsync(archive, Bounded);
    }

    private static Shell Bounded(Shell shell) => shell.Wrapped("timeout", "-k", "2", $"{SecondsUntilHung}");
}

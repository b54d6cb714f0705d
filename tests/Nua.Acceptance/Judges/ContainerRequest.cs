namespace Nua.Acceptance.Judges;

/// <summary>A container as the hardest platforms start it: read-only root, no capabilities, no new privileges.</summary>
/// <param name="User"><c>UID:GID</c>; the image's own when null.</param>
/// <param name="DataFolder">Mounted at <c>/nua/data</c>; a tmpfs when null.</param>
public sealed record ContainerRequest(IReadOnlyList<string> Arguments)
{
    public string? User { get; init; }

    public string? DataFolder { get; init; }

    /// <summary>More folders of the host: <c>HOST:TARGET</c> or <c>HOST:TARGET:ro</c>.</summary>
    public IReadOnlyList<string> Mounts { get; init; } = [];

    /// <summary>Folders at <c>/tmp</c>, <c>/run</c> and such are mounts of the caller's, not memory of the engine's.</summary>
    public bool IsTemporaryGiven { get; init; }

    /// <summary>Started in place of the image's own entry point, as Kubernetes' <c>command</c> does.</summary>
    public string? Entrypoint { get; init; }

    /// <summary>False: as an engine starts any image, its own user and root file system.</summary>
    public bool IsHardened { get; init; } = true;

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The options that docker and podman have in common.</summary>
    public IReadOnlyList<string> CommonOptions()
    {
        List<string> options = ["--network", "host"];
        if (!IsHardened)
        {
            return options;
        }

        options.AddRange(
        [
            "--read-only", "--cap-drop", "all", "--security-opt", "no-new-privileges",
        ]);
        options.AddRange(IsTemporaryGiven ? [] : ["--tmpfs", "/tmp:mode=1777", "--tmpfs", "/run:mode=1777"]);
        options.AddRange(Mounts.SelectMany(mount => (string[])["--volume", mount]));
        options.AddRange(Entrypoint is null ? [] : ["--entrypoint", Entrypoint]);
        options.AddRange(DataFolder is null ? ["--tmpfs", "/nua/data:mode=1777"] : ["--volume", $"{DataFolder}:/nua/data"]);
        options.AddRange(User is null ? [] : ["--user", User]);
        foreach (var (name, value) in Environment)
        {
            options.AddRange(["--env", $"{name}={value}"]);
        }

        return options;
    }
}

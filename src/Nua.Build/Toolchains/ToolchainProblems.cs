using Nua.Foundation;

namespace Nua.Build.Toolchains;

/// <summary>Everything that can go wrong with runtimes and tools, one function per situation (NUA212x and NUA213x).</summary>
internal static class ToolchainProblems
{
    private const string HowToSetRegistry =
        "set it with 'npm config set registry ADDRESS', a line 'registry=ADDRESS' in ~/.npmrc, or the variable NPM_CONFIG_REGISTRY";

    public static ProblemException Unknown(string name) => Error(new("NUA2120", $"no toolchain is called '{Printable.Escape(name, 80)}'")
    {
        Remedy = "the known toolchains are " + string.Join(", ", ToolchainCatalog.Names) + " and dotnet-sdk",
    });

    public static ProblemException NoRegistry(string package) => Error(new("NUA2121", $"no npm registry is configured to get '{package}' from")
    {
        Why = "neither a variable, nor an .npmrc, nor an installed npm names one, and no address is built into nua",
        Remedy = HowToSetRegistry,
    });

    public static ProblemException BadRegistry(string text) => Error(new("NUA2122", "the configured npm registry is not an http(s) address")
    {
        Where = Printable.Escape(Sources.SourceAddress.WithoutCredentials(text), 200),
        Remedy = HowToSetRegistry,
    });

    public static ProblemException Unreachable(string package, string host, string why) => Error(
        new("NUA2123", $"the npm registry {Printable.Escape(host, 200)} gave no answer about '{package}'")
        {
            Why = why,
            Remedy = "check the network, the proxy variables and the registry address; an exact version that was used before needs no network",
        });

    public static ProblemException NoSuchPackage(string package, string host, string why) => Error(
        new("NUA2124", $"the npm registry {Printable.Escape(host, 200)} does not have '{package}'")
        {
            Why = why,
            Remedy = "use a registry that mirrors public packages; " + HowToSetRegistry,
        });

    public static ProblemException NoVersion(string name, string range, IEnumerable<SemVer> nearest) => Error(
        new("NUA2125", $"no published version of {name} fits '{Printable.Escape(range, 100)}'")
        {
            Why = "the nearest published versions are " + string.Join(", ", nearest),
            Remedy = $"ask for one of these where the application names its {name} version",
        });

    public static ProblemException BadRange(string name, string range, string because) => Error(
        new("NUA2126", $"'{Printable.Escape(range, 100)}' is not a version or range of {name}")
        {
            Why = because.Length == 0 ? null : $"it comes from: {Printable.Escape(because, 200)}",
            Remedy = "write a version such as 20.11.1, or a range such as 20.x or >=18 <21",
        });

    public static ProblemException NotAsPublished(string package, string version) => Error(
        new("NUA2127", $"the download of {package} {version} is not what its publisher hashed")
        {
            Why = "its bytes do not have the integrity that the registry lists; they were thrown away",
            Remedy = "try again; if it happens again, the registry or a proxy on the way alters packages",
        });

    public static ProblemException NoIntegrity(string package, string version) => Error(
        new("NUA2128", $"the registry lists no usable integrity for {package} {version}")
        {
            Why = "sha256, sha384 or sha512 is needed; sha1 alone can be forged",
            Remedy = "ask for a later version",
        });

    public static ProblemException BadMetadata(string package, string why) => Error(
        new("NUA2129", $"what the npm registry says about '{package}' cannot be understood") { Why = why });

    public static ProblemException NoBuildFor(string name, string architecture) => Error(
        new("NUA2130", $"there is no {name} for {architecture}")
        {
            Remedy = "toolchains are available for linux/amd64 and linux/arm64",
        });

    public static ProblemException MissingProgram(string package, string version, string path) => Error(
        new("NUA2131", $"{package} {version} does not contain '{Printable.Escape(path, 200)}'")
        {
            Remedy = "ask for another version",
        });

    public static ProblemException NoDotnetSdk(IEnumerable<string> lookedAt) => Error(
        new("NUA2132", "no .NET SDK was found on this machine")
        {
            Why = "looked at: " + string.Join(", ", lookedAt.Select(p => Printable.Escape(p, 200))),
            Remedy = "install one, or set DOTNET_ROOT to its folder, or name an SDK image with build.base-image",
        });

    public static ProblemException SdkPinUnmet(string wanted, string rollForward, IEnumerable<SemVer> installed) => Error(
        new("NUA2133", $"global.json asks for .NET SDK {Printable.Escape(wanted, 60)}, which is not installed")
        {
            Where = "global.json",
            Why = $"rollForward is '{rollForward}'; installed are {string.Join(", ", installed)}",
            Remedy = $"install SDK {Printable.Escape(wanted, 60)}, or widen 'rollForward' in global.json (for example \"latestMajor\")",
        });

    public static ProblemException BadGlobalJson(string path, string why) => Error(
        new("NUA2134", "global.json cannot be understood") { Where = Printable.Escape(path, 300), Why = why });

    private static ProblemException Error(Problem problem) => new(problem);
}

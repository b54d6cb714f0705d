namespace Nua.Build.Planning.Stacks.Python;

/// <summary>The commands that fill <c>/nua/venv</c>.</summary>
internal static class PythonSteps
{
    private const string Backends = $"{NuaPaths.Dist}/backend";
    /// <summary>By its path: in PATH the virtual environment comes first, and has no pip.</summary>
    private const string SystemPython = "/usr/bin/python3";

    /// <summary>The lock file's packages as pip reads them.</summary>
    public const string LockedRequirements = $"{NuaPaths.Dist}/requirements.txt";

    private const string DebianModules = "/usr/lib/python3/dist-packages";
    private const string Interpreter = $"{NuaPaths.Venv}/bin/python";

    /// <summary>
    /// Byte code that depends on the sources alone: by default it holds their time stamps. A file that does not compile
    /// (templates and tests of some packages) is left as it is, as pip does, so the module is called and not the
    /// command, whose status would fail the build.
    /// </summary>
    private const string CompileProgram =
        $"import compileall, py_compile; compileall.compile_dir('{NuaPaths.Venv}/lib', quiet=2, force=True, "
        + "invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)";

    public static BuildStep Compile { get; } = new("compile byte code", [Interpreter, "-c", CompileProgram])
    {
        Env = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["PYTHONHASHSEED"] = "0" },
    };

    /// <summary>What its build needs is there already, in a place of its own that never reaches the image.</summary>
    /// <param name="fetches">Which packages it needs is only known to its build, so they are installed with it; without
    /// it nothing is fetched.</param>
    public static BuildStep InstallProject(bool fromDebian, bool fetches) =>
        new("pip install .", [.. Install, .. fetches ? (string[])["--no-build-isolation", "."]
            : ["--no-deps", "--no-build-isolation", "--no-index", "."]])
        {
            Env = new SortedDictionary<string, string>(PipEnv, StringComparer.Ordinal) { ["PYTHONPATH"] = fromDebian
                ? DebianModules : Backends },
        };

    private static IReadOnlyList<string> Install => [SystemPython, "-m", "pip", "--python", Interpreter, "install",
        "--no-compile"];

    private static SortedDictionary<string, string> PipEnv => new(StringComparer.Ordinal)
    {
        ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1",
        ["PIP_NO_INPUT"] = "1",
        ["PIP_ROOT_USER_ACTION"] = "ignore",
        ["PYTHONDONTWRITEBYTECODE"] = "1",
    };

    public static BuildStep MakeVenv(bool withSystemPackages) => new(
        "make " + NuaPaths.Venv,
        [SystemPython, "-m", "venv", "--without-pip", .. withSystemPackages ? (string[])["--system-site-packages"]
            : [], NuaPaths.Venv]);

    /// <summary>pip reads hashes from a file only. Each line is a word of its own: one word may have 128 KiB at most.</summary>
    public static BuildStep WriteRequirements(string lockFile, IReadOnlyList<PythonPin> pins) => new(
        $"take {pins.Count} packages with their hashes from {lockFile}",
        [
            SystemPython, "-c", "import sys; open(sys.argv[1], 'w').write('\\n'.join(sys.argv[2:]) + '\\n')", LockedRequirements,
            .. pins.Select(pin => pin.Requirement + string.Concat(pin.Hashes.Select(hash => " --hash=" + hash))),
        ]);

    public static BuildStep Pip(string title, IReadOnlyList<string> words) =>
        new(title, [.. Install, .. words]) { Env = PipEnv };

    public static BuildStep Backend(IReadOnlyList<string> requirements) => new(
        "fetch the build backend",
        [SystemPython, "-m", "pip", "install", "--no-compile", "--target", Backends, .. requirements]) { Env = PipEnv };

    /// <summary>Django's static files, put together in the folder that its settings name.</summary>
    public static BuildStep CollectStatic(string command, string folder, bool hasVenv) =>
        new(command, [hasVenv ? Interpreter : SystemPython, .. command.Split(' ').Skip(1)])
        {
            WorkDir = folder.Length == 0 ? null : $"{NuaPaths.Source}/{folder}",
            Env = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["PYTHONDONTWRITEBYTECODE"] = "1" },
        };

    /// <summary>A command of the author that may call <c>pip</c>: it installs into the virtual environment.</summary>
    public static BuildStep ForCommand(BuildStep step)
    {
        var env = new SortedDictionary<string, string>(PipEnv, StringComparer.Ordinal)
        {
            ["PIP_NO_COMPILE"] = "1",
            ["PIP_PYTHON"] = Interpreter,
            ["VIRTUAL_ENV"] = NuaPaths.Venv,
        };
        if (step.Argv[^1].Contains("-m pip", StringComparison.Ordinal))
        {
            // Here pip is a module of the python that PATH finds, which is the environment's own and has none.
            env["PYTHONPATH"] = DebianModules;
        }

        return step with { Env = env };
    }
}

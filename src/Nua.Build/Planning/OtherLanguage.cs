namespace Nua.Build.Planning;

/// <summary>A language or tool that Nua knows by its file and does not build by itself: what an author would begin with.</summary>
/// <param name="File">Its presence in the application's folder tells.</param>
/// <param name="BuildPackages">Debian packages to build with.</param>
/// <param name="RunPackages">Debian packages of the image.</param>
/// <param name="Start">Null: nothing that would fit many applications is known.</param>
internal sealed record OtherLanguage(
    string File, string Name, IReadOnlyList<string> BuildPackages, IReadOnlyList<string> Commands, IReadOnlyList<string> RunPackages, string? Start)
{
    /// <summary>As sure as a candidate of a stack would be: a manifest, about which nothing more is known.</summary>
    public const int Confidence = 70;

    private static readonly OtherLanguage[] _all =
    [
        Php("composer.json", ["composer install --no-dev --optimize-autoloader"], "composer"),
        Php("index.php", []),
        new("Gemfile", "Ruby", ["build-essential", "ruby-bundler", "ruby-dev"],
            ["bundle config set --local path vendor/bundle", "bundle install"], ["ruby", "ruby-bundler"],
            "bundle exec puma -b tcp://0.0.0.0:$PORT"),
        new("go.mod", "Go", ["ca-certificates", "golang-go"],
            ["go build -trimpath -o /nua/bin/app ."], ["ca-certificates"], "/nua/bin/app"),
        new("Cargo.toml", "Rust", ["ca-certificates", "cargo"],
            ["cargo install --locked --path . --root /nua"], ["ca-certificates"], "/nua/bin/NAME"),
        Java("pom.xml", ["default-jdk-headless", "maven"], "mvn -B -DskipTests package", "target"),
        Java("build.gradle", ["default-jdk-headless"], "./gradlew --no-daemon build -x test", "build/libs"),
        Java("build.gradle.kts", ["default-jdk-headless"], "./gradlew --no-daemon build -x test", "build/libs"),
        new("deno.json", "Deno", [], [], [], "deno run --allow-net --allow-env main.ts"),
        new("deno.jsonc", "Deno", [], [], [], "deno run --allow-net --allow-env main.ts"),
        new("mix.exs", "Elixir", ["ca-certificates", "elixir", "erlang-dev"],
            ["MIX_ENV=prod mix do local.hex --force, deps.get --only prod, release"], [], null),
        new("Makefile", "make", ["build-essential"], ["make"], [], null) { IsManifest = false },
        new("CMakeLists.txt", "CMake", ["build-essential", "cmake"],
            ["cmake -B out -DCMAKE_BUILD_TYPE=Release", "cmake --build out"], [], null) { IsManifest = false },
        new("Dockerfile", "Docker", [], [], [], null) { IsManifest = false },
    ];

    /// <summary>The file belongs to an application of that language. Others, such as a makefile, are found beside any language.</summary>
    public bool IsManifest { get; init; } = true;

    /// <summary>The first whose file is in the folder; null when none is.</summary>
    public static OtherLanguage? Find(AppFolder folder)
    {
        var found = Array.Find(_all, language => folder.IsFile(language.File));
        // Pages of PHP need no manifest, and served as files they would show their source.
        return found is { IsManifest: true } ? found : folder.ListForSearch("")
            .FirstOrDefault(entry => entry.Kind == EntryKind.File && entry.Name.EndsWith(".php", StringComparison.Ordinal)) is { } page
                ? Php(page.Name, []) : found;
    }

    private static OtherLanguage Php(string file, IReadOnlyList<string> commands, params string[] packages) =>
        new(file, "PHP", ["php-cli", .. packages], commands, ["php-cli"], "php -S 0.0.0.0:$PORT");

    private static OtherLanguage Java(string file, IReadOnlyList<string> packages, string command, string results) =>
        new(file, "Java", packages, [command], ["default-jre-headless"], $"java -jar {results}/NAME.jar");
}

using Nua.Config;
using Xunit;

namespace Nua.Tests.Build.Planning;

/// <summary>Choice of stack, ports, names, extra packages, the packager's folder.</summary>
public sealed class PlanDetailTests
{
    [Fact]
    public void Empty_folder_is_an_error_that_offers_init()
    {
        using var tree = AppTree.Empty();
        Assert.Equal(("NUA2002", "the folder is empty"), (tree.Error().Code, tree.Error().Why));
        Assert.Contains("nua init", tree.Error().Remedy);
    }

    [Fact]
    public void Unknown_folder_says_what_was_looked_for()
    {
        using var tree = AppTree.Empty().With("go.mod").With("main.go");
        Assert.Contains("package.json", tree.Error().Why);
        Assert.Contains("requirements.txt", tree.Error().Why);
        Assert.Contains("go.mod says Go", tree.Error().Remedy);
    }

    [Fact]
    public void Two_equal_stacks_are_an_error_that_names_both_and_the_line()
    {
        using var tree = AppTree.Empty().With("package.json", """{"scripts":{"start":"node server.js"}}""")
            .With("server.js")
            .With("requirements.txt", "flask==3\n").With("app.py", "from flask import Flask\napp = Flask('x')\n");
        var error = tree.Error();
        Assert.Equal("NUA2003", error.Code);
        Assert.Contains("node and python", error.What);
        Assert.Contains("`build.stack = \"node\"` or `build.stack = \"python\"`", error.Remedy);
        Assert.Equal("python", tree.Built(new AppConfig { Build = new BuildConfig { Stack = "python" } }).Stack.Name);
    }

    [Fact]
    public void Manifest_with_nothing_to_run_is_not_taken_for_the_application()
    {
        using var tree = AppTree.Empty().With("package.json", """{"devDependencies":{"tailwindcss":"4"}}""")
            .With("requirements.txt", "flask==3\ngunicorn==23\n")
                .With("app.py", "from flask import Flask\napp = Flask('x')\n").With("index.html").With("start.sh");
        var plan = tree.Built();
        Assert.Equal("python", plan.Stack.Name);
        Assert.Contains("less likely: static", plan.Decided("stack").Because);
    }

    [Fact]
    public void Stack_that_is_asked_for_must_fit()
    {
        using var tree = AppTree.Empty().With("index.html");
        Assert.Equal("NUA2026", tree.Error(new AppConfig { Build = new BuildConfig { Stack = "node" } }).Code);
        Assert.Equal("NUA2026", tree.Error(new AppConfig { Build = new BuildConfig { Stack = "fortran" } }).Code);
    }

    [Fact]
    public void Port_is_8080_unless_the_configuration_says_otherwise()
    {
        using var tree = AppTree.Empty().With("index.html");
        Assert.Equal(8080, Assert.Single(tree.Built().Ports).Port);
        var config = new AppConfig
        {
            Env = [new EnvEntry("SMTP", "2525", null)],
            Ports =
            [
                new PortConfig("smtp") { ContainerFrom = new DynamicValue("key") { Key = "SMTP" } },
                new PortConfig("web") { Container = 5000 },
                new PortConfig("dns") { Container = 53, Protocol = "udp" },
            ],
        };
        Assert.Equal([("web", 5000, "tcp"), ("smtp", 2525, "tcp"), ("dns", 53, "udp")],
            tree.Built(config).Ports.Select(port => (port.Name, port.Port, port.Protocol)));
        Assert.Equal("NUA2037", tree
            .Error(new AppConfig { Ports = [new PortConfig("web") { Container = 99999 }] }).Code);
        Assert.Contains("NUA2022", tree
            .Codes(new AppConfig { Ports = [new PortConfig("web") { ContainerFrom = new DynamicValue("random") }] }));
    }

    [Theory]
    [InlineData("nua-x", "1", null, "nua-x", "1")]
    [InlineData("cal.com", "2.6.6", 1, "nua-cal.com", "2.6.6-1")]
    public void Image_is_named_as_in_the_original(string id, string version, int? release, string name, string tag)
    {
        using var tree = AppTree.Empty().With("index.html");
        var app = tree
            .Built(new AppConfig { Metadata = new Metadata { Id = id, Version = version, Release = release } }).App;
        Assert.Equal((name, tag), (app.ImageName, app.ImageTag));
    }

    [Fact]
    public void Providers_and_meta_packages_bring_clients()
    {
        using var tree = AppTree.Empty().With("main.py");
        var config = new AppConfig
        {
            Build = new BuildConfig { MetaPackages = ["mariadb-client", "magic"] },
            Providers = [new ProviderConfig("db") { ModuleName = "postgres" }],
        };
        var plan = tree.Built(config);
        Assert.Contains("postgresql-client", plan.RunPackages);
        Assert.Contains("mariadb-client", plan.RunPackages);
        Assert.Contains("libmariadb-dev", plan.BuildPackages);
        Assert.Contains("NUA2034", tree.Codes(config));
    }

    [Fact]
    public void Packagers_files_go_to_their_places()
    {
        using var tree = AppTree.Empty().With("index.html").With("nua/nua-config.toml")
            .With("nua/metadata/nua-config.yaml")
            .With("nua/templates/etc/app.conf.j2").With("nua/scripts/upgrade").With("nua/etc/x.ini")
                .With("nua/app/extra.txt").With("nua/notes.txt")
            .With("nua/Dockerfile").With("nua/data/seed.sql");
        var result = tree.Plan();
        Assert.Equal(
            [
                "nua/app/extra.txt > /nua/app/extra.txt", "nua/etc/x.ini > /nua/etc/x.ini",
                "nua/notes.txt > /nua/build/metadata/notes.txt",
                "nua/scripts/upgrade > /nua/scripts/upgrade",
                "nua/templates/etc/app.conf.j2 > /nua/scripts/templates/etc/app.conf.j2",
            ],
            result.Plan!.PackagerFiles.Select(file => $"{file.Source} > {file.Target}"));
        Assert.Equal(["NUA2023", "NUA2040"], result.Problems.Select(problem => problem.Code).Order());
    }

    [Fact]
    public void Files_with_passwords_stay_out_with_a_warning()
    {
        using var tree = AppTree.Empty().With("main.py").With(".env", "SECRET=1");
        Assert.Contains("NUA2024", tree.Codes());
        Assert.Contains("**/.env", tree.Built().Collects[^1].Exclude);
    }

    [Fact]
    public void Ruby_of_old_configurations_is_debians_with_a_warning()
    {
        using var tree = AppTree.Empty().With("config.ru");
        var config = new AppConfig
        {
            Build = new BuildConfig { Commands = ["bundle install"], Builder = new BuilderConfig("ruby", "2.7.8") },
            Run = new RunConfig { Start = ["bundle exec rackup -p $PORT"] },
        };
        Assert.Contains("ruby", tree.Built(config).RunPackages);
        Assert.Contains("NUA2036", tree.Codes(config));
    }

    [Theory]
    [InlineData(".env", "NUA2024")]
    [InlineData(".env.local", "NUA2024")]
    [InlineData(".env.production.local", "NUA2024")]
    [InlineData(".env.production", "NUA2049")]
    [InlineData(".env.example", null)]
    [InlineData(".envrc", null)]
    public void Files_of_settings_are_spoken_of(string file, string? code)
    {
        using var tree = AppTree.Empty().With("server.js").With(file, "SECRET=1\n");
        Assert.Equal(code is null ? [] : [code], tree.Codes());
    }

    [Theory]
    [InlineData("db.sqlite3", "SQLite format 3\0…", true)]
    [InlineData("prisma/dev.db", "SQLite format 3\0…", true)]
    [InlineData("Thumbs.db", "other", false)]
    [InlineData("db.sqlite3", "", false)]
    [InlineData("tests/fixture.db", "SQLite format 3\0…", false)]
    public void Database_in_the_source_is_spoken_of(string file, string content, bool isTold)
    {
        using var tree = AppTree.Empty().With("server.js").With(file, content);
        var told = tree.Plan().Problems.Where(problem => problem.Code == "NUA2052").ToList();
        Assert.Equal(isTold ? [$"the database '{file}' is put into the image"] : [], told.ConvertAll(problem => problem.What));
        tree.With(".nuaignore", file);
        Assert.Empty(tree.Codes());
    }

    [Fact]
    public void Databases_are_told_at_once()
    {
        using var tree = AppTree.Empty().With("server.js").With("a.db", "SQLite format 3\0").With("data/b.sqlite", "SQLite format 3\0");
        Assert.Equal("2 databases are put into the image: a.db, data/b.sqlite", Assert.Single(tree.Plan().Problems).What);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("<ItemGroup><None Update=\"app.db\" CopyToOutputDirectory=\"PreserveNewest\" /></ItemGroup>", true)]
    public void Database_beside_a_project_is_taken_where_the_project_says_so(string items, bool isTold)
    {
        using var tree = AppTree.Empty().With("App.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>{items}</Project>
            """).With("Program.cs").With("app.db", "SQLite format 3\0");
        Assert.Equal(isTold, tree.Codes().Contains("NUA2052"));
    }

    [Theory]
    [InlineData("**/.npmrc")]
    [InlineData("**/.pypirc")]
    [InlineData(".ssh")]
    [InlineData("**/tests/**/*.pem")]
    public void Credentials_of_tools_stay_out(string pattern)
    {
        using var tree = AppTree.Empty().With("server.js");
        Assert.Contains(pattern, tree.Built().Collects[0].Exclude);
    }
}

using Nua.Build.Planning;
using Nua.Config;
using Xunit;

namespace Nua.Tests.Build.Planning;

public sealed class SourcePlanTests
{
    private static AppConfig Config(BuildConfig build) => new() { Build = build };

    [Fact]
    public void Remote_archive_is_planned_twice()
    {
        using var project = AppTree.Empty().With("nua/templates/etc/x.conf.j2");
        var config = Config(new BuildConfig { SrcUrl = "https://example.org/a-1.tar.gz",
            SrcChecksum = new string('a', 64) });
        var first = project.Built(config);
        Assert.Equal("pending", first.Stack.Name);
        Assert.Equal(new SourceSpec.Archive("https://example.org/a-1.tar.gz", new string('a', 64), null), first.Source);
        using var fetched = AppTree.Empty("a-1").With("app.py", "import os\n");
        var second = project.Built(config, new PlanOptions { FetchedSource = fetched.Open() });
        Assert.Equal("python", second.Stack.Name);
        Assert.Equal(first.Source, second.Source);
        Assert.Equal("/nua/scripts/templates/etc/x.conf.j2", Assert.Single(second.PackagerFiles).Target);
    }

    [Fact]
    public void Commands_of_a_remote_source_are_known_at_once()
    {
        using var project = AppTree.Empty();
        var config = Config(new BuildConfig { GitUrl = "https://example.org/galene.git",
            Commands = ["go build"] }) with { Run = new RunConfig { Start = ["/nua/build/galene/galene"] } };
        var plan = project.Built(config);
        Assert.Equal(new SourceSpec.Git("https://example.org/galene.git", "main", null), plan.Source);
        Assert.Equal("/nua/app/galene", plan.StartLine());
        Assert.Contains("golang-go", plan.BuildPackages);
    }

    [Fact]
    public void Archive_of_the_folder_must_be_there()
    {
        using var project = AppTree.Empty().With("src.tar.gz");
        Assert.Equal(new SourceSpec.Archive("src.tar.gz", null, null), project
            .Built(Config(new BuildConfig { SrcUrl = "./src.tar.gz" })).Source);
        Assert.Equal("NUA2019", project.Error(Config(new BuildConfig { SrcUrl = "other.zip" })).Code);
        Assert.Equal("NUA2019", project.Error(Config(new BuildConfig { SrcUrl = "../x.zip" })).Code);
        Assert.Equal("NUA2019", project.Error(Config(new BuildConfig { SrcUrl = "https://example.org/x.rar" })).Code);
    }

    [Fact]
    public void Project_is_a_folder_of_the_source()
    {
        using var project = AppTree.Empty().With("web/index.html").With("api/app.py");
        var plan = project.Built(Config(new BuildConfig { Project = "web" }));
        Assert.Equal(new SourceSpec.Folder("web"), plan.Source);
        Assert.Equal("static", plan.Stack.Name);
        Assert.Equal("NUA2020", project.Error(Config(new BuildConfig { Project = "nothing" })).Code);
        Assert.Equal("NUA2020", project.Error(Config(new BuildConfig { Project = "../app" })).Code);
    }

    [Fact]
    public void Folder_named_as_address_is_the_source()
    {
        using var project = AppTree.Empty().With("upstream/index.html");
        Assert.Equal(new SourceSpec.Folder("upstream"), project
            .Built(Config(new BuildConfig { SrcUrl = "upstream" })).Source);
    }

    [Fact]
    public void Two_sources_are_a_warning()
    {
        using var project = AppTree.Empty();
        Assert.Contains("NUA2033", project
            .Codes(Config(new BuildConfig { SrcUrl = "https://example.org/a.zip",
            GitUrl = "https://example.org/a.git" })));
    }

    [Fact]
    public void Image_without_a_build_is_wrapped()
    {
        using var project = AppTree.Empty().With("index.html").With("nua/scripts/backup", "#!/bin/sh\n");
        var plan = project.Built(Config(new BuildConfig { BaseImage = "example/app:1" }));
        Assert.True(plan.IsWrap);
        Assert.Equal("example/app:1", plan.BaseReference);
        Assert.Empty(plan.Phases);
        Assert.Empty(plan.Collects);
        Assert.Equal("/nua/scripts/backup", Assert.Single(plan.PackagerFiles).Target);
    }

    [Fact]
    public void Own_start_of_a_wrapped_image_is_kept()
    {
        using var project = AppTree.Empty();
        var plan = project.Built(Config(new BuildConfig { BaseImage = "example/app:1", Method = "wrap" }) with
        {
            Run = new RunConfig { Start = ["serve --all"] },
        });
        Assert.Equal("serve --all", plan.StartLine());
    }

    [Fact]
    public void Package_for_a_wrapped_image_is_an_error()
    {
        using var project = AppTree.Empty();
        Assert.Equal("NUA2041", project.Error(Config(new BuildConfig { BaseImage = "example/app:1" }) with
        {
            Run = new RunConfig { Packages = ["curl"] },
        }).Code);
    }

    [Fact]
    public void Image_with_a_build_is_the_base()
    {
        using var project = AppTree.Empty().With("index.html");
        Assert.Equal("debian:12", project
            .Built(Config(new BuildConfig { BaseImage = "debian:12", Method = "build" })).BaseReference);
        Assert.Equal("oci:x", project.Built(options: new PlanOptions { BaseReference = "oci:x" }).BaseReference);
        Assert.Equal("NUA2029", project.Error(Config(new BuildConfig { Method = "guess" })).Code);
    }
}

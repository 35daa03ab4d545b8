FROM centos:7
RUN yum install -y java-1.8.0-openjdk.x86_64
# ^ single-architecture-download
